-- the rows that fail users_of_sessions (fails if it returns a row)
-- only if: select to_regclass('derived.sessions') is not null
-- only if: select to_regclass('derived.users') is not null
-- only if: select to_regclass('derived.inherited_rows') is not null
-- only if: select to_regclass('scratch.sessions_userid_manifest_staged') is not null
select
    f.*,
    count(*) over () as failing_rows,
    sum(f.inherited) over () as failing_rows_inherited
from (
-- Every user has as many sessions and page views as there are; who is on the way between the tables is left out.
with counted as (
    select
        s.domain_userid,
        count(*) as sessions,
        sum(s.page_views) as page_views,
        min(case when s.start_tstamp <= (select max(i.newest_tstamp) from derived.inherited_rows as i where i.table_name = 'sessions') then 1 else 0 end) as inherited
    from derived.sessions as s
    where s.domain_userid is not null
    group by s.domain_userid
)

select
    u.domain_userid,
    u.sessions,
    c.sessions as sessions_there_are,
    u.page_views,
    c.page_views as page_views_there_are,
    c.inherited
from counted as c
inner join derived.users as u on u.domain_userid = c.domain_userid
where (u.sessions is null or u.sessions <> c.sessions or coalesce(u.page_views, -1) <> coalesce(c.page_views, 0))
    and not exists (select 1 from scratch.sessions_userid_manifest_staged as st where st.domain_userid = c.domain_userid)
) as f
order by f.inherited
limit 5;
