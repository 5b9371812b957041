-- the rows that fail unique_users_domain_userid (fails if it returns a row)
-- only if: select to_regclass('derived.users') is not null
-- only if: select to_regclass('derived.inherited_rows') is not null
select
    f.*,
    count(*) over () as failing_rows,
    sum(f.inherited) over () as failing_rows_inherited
from (
select
    t.domain_userid,
    count(*) as copies,
    min(case when t.start_tstamp <= (select max(i.newest_tstamp) from derived.inherited_rows as i where i.table_name = 'users') then 1 else 0 end) as inherited
from derived.users as t
where t.domain_userid is not null
group by t.domain_userid
having count(*) > 1
) as f
order by f.inherited
limit 5;
