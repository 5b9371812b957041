-- the rows that fail sessions_have_page_views (fails if it returns a row)
-- only if: select count(*) > 0 from information_schema.tables where table_schema = 'DERIVED' and table_name = 'SESSIONS'
-- only if: select count(*) > 0 from information_schema.tables where table_schema = 'DERIVED' and table_name = 'PAGE_VIEWS'
-- only if: select count(*) > 0 from information_schema.tables where table_schema = 'DERIVED' and table_name = 'INHERITED_ROWS'
-- only if: select count(*) > 0 from information_schema.tables where table_schema = 'SCRATCH' and table_name = 'PAGE_VIEWS_STAGED'
-- only if: select count(*) > 0 from information_schema.tables where table_schema = 'SCRATCH' and table_name = 'PAGE_VIEWS_STAGED_REMOVED'
select
    f.*,
    count(*) over () as failing_rows,
    sum(f.inherited) over () as failing_rows_inherited
from (
select
    t.domain_sessionid,
    case when t.start_tstamp <= (select max(i.newest_tstamp) from derived.inherited_rows as i where i.table_name = 'sessions') then 1 else 0 end as inherited
from derived.sessions as t
where t.domain_sessionid is not null
    and not exists (select 1 from derived.page_views as p where p.domain_sessionid = t.domain_sessionid)
    and (not exists (select 1 from scratch.page_views_staged as st where st.domain_sessionid = t.domain_sessionid)
    and not exists (select 1 from scratch.page_views_staged_removed as sr where sr.domain_sessionid = t.domain_sessionid))
) as f
order by f.inherited
limit 5;
