{{ config(materialized='ephemeral') }}

-- The same events as events_this_run, with no more of them than was noted when they were read; so the events need not be
-- read once more.
select
    r.page_view_id,
    r.event_id,
    r.domain_sessionid,
    r.collector_tstamp,
    {{ measured_columns('r') }}
from {{ ref('base_events_read') }} as r
left join {{ ref('base_event_copies') }} as c on c.event_id = r.event_id
where r.event_id is not null
    and c.event_id is null

union all

select
    k.page_view_id,
    k.event_id,
    k.domain_sessionid,
    k.collector_tstamp,
    {{ measured_columns('k') }}
from {{ ref('event_copies_kept') }} as k
