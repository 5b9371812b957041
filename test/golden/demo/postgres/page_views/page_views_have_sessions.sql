-- the rows that fail page_views_have_sessions (fails if it returns a row)
-- only if: select to_regclass('derived.page_views') is not null
-- only if: select to_regclass('derived.sessions') is not null
-- only if: select to_regclass('derived.inherited_rows') is not null
-- only if: select to_regclass('scratch.page_views_staged') is not null
-- only if: select to_regclass('scratch.page_views_staged_removed') is not null
select
    f.*,
    count(*) over () as failing_rows,
    sum(f.inherited) over () as failing_rows_inherited
from (
select
    t.page_view_id,
    t.domain_sessionid,
    case when t.start_tstamp <= (select max(i.newest_tstamp) from derived.inherited_rows as i where i.table_name = 'page_views') then 1 else 0 end as inherited
from derived.page_views as t
where t.domain_sessionid is not null
    and not exists (select 1 from derived.sessions as p where p.domain_sessionid = t.domain_sessionid)
    and (not exists (select 1 from scratch.page_views_staged as st where st.domain_sessionid = t.domain_sessionid)
    and not exists (select 1 from scratch.page_views_staged_removed as sr where sr.domain_sessionid = t.domain_sessionid))
) as f
order by f.inherited
limit 5;
