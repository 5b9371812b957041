-- the rows that fail not_null_events_event_id (fails if it returns a row)
-- only if: select count(*) > 0 from information_schema.tables where table_schema = 'ATOMIC' and table_name = 'EVENTS'
select
    f.*,
    count(*) over () as failing_rows
from (
select
    t.*
from atomic.events as t
where t.event_id is null
) as f
limit 5;
