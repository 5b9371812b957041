{{ config(materialized='ephemeral', unique_key='event_id') }}

-- What is left without the further copies, for the metadata: one row per event, be it in one session or in several.
select
    r.event_id,
    r.collector_tstamp
from {{ ref('base_events_read') }} as r
left join {{ ref('base_event_copies') }} as c on c.event_id = r.event_id
where not {{ is_copied('r', 'c') }}

union all

select
    k.event_id,
    min(k.collector_tstamp) as collector_tstamp
from (
    select
        r.event_id,
        min(r.collector_tstamp) as collector_tstamp
    from {{ ref('base_events_read') }} as r
    left join {{ ref('base_event_copies') }} as c on c.event_id = r.event_id
    where {{ is_copied('r', 'c') }}
    group by
        r.domain_sessionid,
        r.event_id
{%- if var('event_dedupe') == 'exclude' %}
    having count(*) = 1
{%- endif %}
) as k
group by k.event_id
