{{ config(materialized='scratch', replace_by='domain_sessionid') }}

-- The events that were read more than once or with several contexts, every copy with its number among those of its session:
-- they are few, so only they are put in order.
select
    r.page_view_id,
    {{ event_columns('e') }},
    row_number() over (
        partition by e.domain_sessionid, e.event_id
        order by {{ event_copy_order('e') }}
    ) as copy,
    count(*) over (partition by e.domain_sessionid, e.event_id) as copies
from {{ events_read(copies=true) }}
