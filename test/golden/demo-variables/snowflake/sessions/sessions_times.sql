-- the rows that fail sessions_times (fails if it returns a row)
-- only if: select count(*) > 0 from information_schema.tables where table_schema = 'DERIVED' and table_name = 'SESSIONS_TEST'
-- only if: select count(*) > 0 from information_schema.tables where table_schema = 'DERIVED' and table_name = 'INHERITED_ROWS_TEST'
select
    f.*,
    count(*) over () as failing_rows,
    sum(f.inherited) over () as failing_rows_inherited
from (
select
    t.domain_sessionid,
    t.start_tstamp,
    t.end_tstamp,
    t.engaged_time_in_s,
    t.absolute_time_in_s,
    case when t.start_tstamp <= (select max(i.newest_tstamp) from derived.inherited_rows_test as i where i.table_name = 'sessions') then 1 else 0 end as inherited
from derived.sessions_test as t
where not (end_tstamp >= start_tstamp and engaged_time_in_s >= 0 and absolute_time_in_s >= 0)
) as f
order by f.inherited
limit 5;
