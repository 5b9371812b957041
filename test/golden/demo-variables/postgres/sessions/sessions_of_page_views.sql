-- the rows that fail sessions_of_page_views (fails if it returns a row)
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
-- Every session has as many page views as there are; what is on its way between the tables is left out.
with counted as (
    select
        p.domain_sessionid,
        count(*) as page_views,
        min(case when p.start_tstamp <= (select max(i.newest_tstamp) from derived.inherited_rows_test as i where i.table_name = 'page_views') then 1 else 0 end) as inherited
    from derived.page_views_test as p
    where p.domain_sessionid is not null
    group by p.domain_sessionid
)

select
    s.domain_sessionid,
    s.page_views,
    c.page_views as page_views_there_are,
    c.inherited
from counted as c
inner join derived.sessions_test as s on s.domain_sessionid = c.domain_sessionid
where (s.page_views is null or s.page_views <> c.page_views)
    and not exists (select 1 from scratch.page_views_staged_test as st where st.domain_sessionid = c.domain_sessionid)
    and not exists (select 1 from scratch.page_views_staged_removed_test as sr where sr.domain_sessionid = c.domain_sessionid)
) as f
order by f.inherited
limit 5;
