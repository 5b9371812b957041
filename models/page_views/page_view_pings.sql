{{ config(materialized='scratch', unique_key=['page_view_id', 'domain_sessionid']) }}

-- The last page ping of each page view, and in how many heartbeats there was one. They belong to a page view only within
-- its own session: an id can turn up in another.
select
    p.page_view_id,
    p.domain_sessionid,
    max(p.last_ping) as last_ping,
    count(*) as beats
from (
    select
        e.page_view_id,
        e.domain_sessionid,
        max(e.derived_tstamp) as last_ping
    from {{ ref('events_staged') }} as e
    where e.event_name = 'page_ping'
        and e.page_view_id is not null
        and e.derived_tstamp is not null
    group by
        e.page_view_id,
        e.domain_sessionid,
        floor({{ epoch_seconds('e.derived_tstamp') }} / cast({{ var('heartbeat') }} as double precision))
) as p
group by
    p.page_view_id,
    p.domain_sessionid
