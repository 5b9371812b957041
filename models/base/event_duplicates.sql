{{ config(materialized='scratch', replace_by='domain_sessionid') }}

-- Events that came more than once in a session, and how many of their copies stay.
select
    c.domain_sessionid,
    c.event_id,
    c.copies,
    {{ 1 if var('event_dedupe') == 'first' else 0 }} as kept
from {{ ref('event_copies') }} as c
where c.copy = 1
    and c.copies > 1
