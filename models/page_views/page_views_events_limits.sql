{{ config(materialized='ephemeral') }}

-- The times between which the events of this batch lie, so that what belongs to them is not looked for beyond.
select
    min(e.collector_tstamp) as lower_limit,
    max(e.collector_tstamp) as upper_limit
from {{ ref('events_staged') }} as e
