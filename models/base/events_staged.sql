{{ config(extra_columns=var('extra_event_columns')) }}

-- The events of the sessions that were taken, until page views has consumed them.
select
    e.page_view_id,
    {{ event_columns('e') }}
from {{ ref('events_this_run') }} as e
