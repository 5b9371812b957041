{{ config(materialized='view') }}

-- The events of this run: each session with new work, whole, up to the end of the window. Copies are few, so only they
-- are put in order; all other events go through as they are.
select
    r.page_view_id,
    {{ event_columns('e', event_name_from='r') }}
from {{ events_read(copies=false) }}

union all

select
    k.page_view_id,
    {{ event_columns('k') }}
from {{ ref('event_copies_kept') }} as k
