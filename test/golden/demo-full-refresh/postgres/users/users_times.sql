-- the rows that fail users_times (fails if it returns a row)
-- only if: select to_regclass('derived.users') is not null
-- only if: select to_regclass('derived.inherited_rows') is not null
select
    f.*,
    count(*) over () as failing_rows,
    sum(f.inherited) over () as failing_rows_inherited
from (
select
    t.domain_userid,
    t.start_tstamp,
    t.end_tstamp,
    t.engaged_time_in_s,
    case when t.start_tstamp <= (select max(i.newest_tstamp) from derived.inherited_rows as i where i.table_name = 'users') then 1 else 0 end as inherited
from derived.users as t
where not (end_tstamp >= start_tstamp and engaged_time_in_s >= 0)
) as f
order by f.inherited
limit 5;
