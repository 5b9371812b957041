-- the rows that fail sessions_values (fails if it returns a row)
-- only if: select to_regclass('derived.sessions') is not null
-- only if: select to_regclass('derived.inherited_rows') is not null
select
    f.*,
    count(*) over () as failing_rows,
    sum(f.inherited) over () as failing_rows_inherited
from (
select
    t.domain_sessionid,
    t.start_tstamp,
    t.end_tstamp,
    t.page_views,
    t.engaged_time_in_s,
    t.absolute_time_in_s,
    case when t.start_tstamp <= (select max(i.newest_tstamp) from derived.inherited_rows as i where i.table_name = 'sessions') then 1 else 0 end as inherited
from derived.sessions as t
where t.start_tstamp is null or t.end_tstamp is null or t.page_views is null or t.engaged_time_in_s is null or t.absolute_time_in_s is null
) as f
order by f.inherited
limit 5;
