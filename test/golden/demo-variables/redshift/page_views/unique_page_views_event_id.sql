-- the rows that fail unique_page_views_event_id (fails if it returns a row)
-- only if: select count(*) > 0 from information_schema.tables where table_schema = 'derived' and table_name = 'page_views_test'
-- only if: select count(*) > 0 from information_schema.tables where table_schema = 'derived' and table_name = 'inherited_rows_test'
select
    f.*,
    count(*) over () as failing_rows,
    sum(f.inherited) over () as failing_rows_inherited
from (
select
    t.event_id,
    count(*) as copies,
    min(case when t.start_tstamp <= (select max(i.newest_tstamp) from derived.inherited_rows_test as i where i.table_name = 'page_views') then 1 else 0 end) as inherited
from derived.page_views_test as t
where t.event_id is not null
group by t.event_id
having count(*) > 1
) as f
order by f.inherited
limit 5;
