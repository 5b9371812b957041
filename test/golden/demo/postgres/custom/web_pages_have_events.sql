-- the rows that fail web_pages_have_events (fails if it returns a row)
-- only if: select to_regclass('atomic.com_snowplowanalytics_snowplow_web_page_1') is not null
-- only if: select to_regclass('atomic.events') is not null
select
    f.*,
    count(*) over () as failing_rows
from (
select
    t.*
from atomic.com_snowplowanalytics_snowplow_web_page_1 as t
where t.root_id is not null
    and not exists (select 1 from atomic.events as p where p.event_id = t.root_id)
) as f
limit 5;
