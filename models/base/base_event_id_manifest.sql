-- Every copy of an event that was read, so that it makes no work again.
select
    r.event_id,
    r.collector_tstamp
from {{ ref('base_events_read') }} as r
left join {{ ref('base_event_copies') }} as c on c.event_id = r.event_id
where r.is_unread = 1
    and not {{ is_copied('r', 'c') }}

union all

select distinct
    r.event_id,
    r.collector_tstamp
from {{ ref('base_events_read') }} as r
left join {{ ref('base_event_copies') }} as c on c.event_id = r.event_id
where r.is_unread = 1
    and {{ is_copied('r', 'c') }}
