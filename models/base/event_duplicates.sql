{{ config(materialized='scratch', replace_by='domain_sessionid') }}

-- Events that came more than once in a session, and how many of their copies stay.
select
    r.domain_sessionid,
    r.event_id,
    count(*) as copies,
    {{ 1 if var('event_dedupe') == 'first' else 0 }} as kept
from {{ ref('base_events_read') }} as r
inner join {{ ref('base_event_copies') }} as c on c.event_id = r.event_id
group by
    r.domain_sessionid,
    r.event_id
having count(*) > 1
