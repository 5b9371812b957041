-- the rows that fail not_null_users_domain_userid (fails if it returns a row)
-- only if: select count(*) > 0 from information_schema.tables where table_schema = 'derived' and table_name = 'users_test'
-- only if: select count(*) > 0 from information_schema.tables where table_schema = 'derived' and table_name = 'inherited_rows_test'
select
    f.*,
    count(*) over () as failing_rows,
    sum(f.inherited) over () as failing_rows_inherited
from (
select
    t.domain_userid,
    case when t.start_tstamp <= (select max(i.newest_tstamp) from derived.inherited_rows_test as i where i.table_name = 'users') then 1 else 0 end as inherited
from derived.users_test as t
where t.domain_userid is null
) as f
order by f.inherited
limit 5;
