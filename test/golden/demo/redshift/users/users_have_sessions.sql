-- the rows that fail users_have_sessions (fails if it returns a row)
-- only if: select count(*) > 0 from information_schema.tables where table_schema = 'derived' and table_name = 'users'
-- only if: select count(*) > 0 from information_schema.tables where table_schema = 'derived' and table_name = 'sessions'
-- only if: select count(*) > 0 from information_schema.tables where table_schema = 'derived' and table_name = 'inherited_rows'
-- only if: select count(*) > 0 from information_schema.tables where table_schema = 'scratch' and table_name = 'sessions_userid_manifest_staged'
select
    f.*,
    count(*) over () as failing_rows,
    sum(f.inherited) over () as failing_rows_inherited
from (
select
    t.domain_userid,
    case when t.start_tstamp <= (select max(i.newest_tstamp) from derived.inherited_rows as i where i.table_name = 'users') then 1 else 0 end as inherited
from derived.users as t
where t.domain_userid is not null
    and not exists (select 1 from derived.sessions as p where p.domain_userid = t.domain_userid)
    and (not exists (select 1 from scratch.sessions_userid_manifest_staged as st where st.domain_userid = t.domain_userid))
) as f
order by f.inherited
limit 5;
