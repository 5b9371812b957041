-- Every copy of an event that was read, so that it makes no work again.
select distinct
    r.event_id,
    r.collector_tstamp
from {{ ref('base_events_read') }} as r
where r.is_unread = 1
