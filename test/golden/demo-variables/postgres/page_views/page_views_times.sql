-- the rows that fail page_views_times (fails if it returns a row)
-- only if: select to_regclass('derived.page_views_test') is not null
-- only if: select to_regclass('derived.inherited_rows_test') is not null
select
    f.*,
    count(*) over () as failing_rows,
    sum(f.inherited) over () as failing_rows_inherited
from (
select
    t.page_view_id,
    t.start_tstamp,
    t.end_tstamp,
    t.engaged_time_in_s,
    t.absolute_time_in_s,
    case when t.start_tstamp <= (select max(i.newest_tstamp) from derived.inherited_rows_test as i where i.table_name = 'page_views') then 1 else 0 end as inherited
from derived.page_views_test as t
where not (end_tstamp >= start_tstamp and engaged_time_in_s >= 0 and absolute_time_in_s >= 0)
) as f
order by f.inherited
limit 5;
