-- the rows that fail page_views_have_sessions (fails if it returns a row)
-- only if: select to_regclass('derived.page_views_test') is not null
-- only if: select to_regclass('derived.sessions_test') is not null
-- only if: select to_regclass('derived.inherited_rows_test') is not null
-- only if: select to_regclass('scratch.page_views_staged_test') is not null
-- only if: select to_regclass('scratch.page_views_staged_removed_test') is not null
select
    f.*,
    count(*) over () as failing_rows,
    sum(f.inherited) over () as failing_rows_inherited
from (
select
    t.page_view_id,
    t.domain_sessionid,
    case when t.start_tstamp <= (select max(i.newest_tstamp) from derived.inherited_rows_test as i where i.table_name = 'page_views') then 1 else 0 end as inherited
from derived.page_views_test as t
where t.domain_sessionid is not null
    and not exists (select 1 from derived.sessions_test as p where p.domain_sessionid = t.domain_sessionid)
    and (not exists (select 1 from scratch.page_views_staged_test as st where st.domain_sessionid = t.domain_sessionid)
    and not exists (select 1 from scratch.page_views_staged_removed_test as sr where sr.domain_sessionid = t.domain_sessionid))
) as f
order by f.inherited
limit 5;
