{{ config(materialized='ephemeral', unique_key='event_id') }}

-- What is left without the further copies, for the metadata: one row per event, be it in one session or in several.
-- One without an id is not among the events of a run either.
select
    r.event_id,
    r.collector_tstamp
from {{ ref('base_events_read') }} as r
left join {{ ref('base_event_copies') }} as c on c.event_id = r.event_id
where r.event_id is not null
    and c.event_id is null

union all

select
    k.event_id,
    min(k.collector_tstamp) as collector_tstamp
from {{ ref('event_copies_kept') }} as k
group by k.event_id
