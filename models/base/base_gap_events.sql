{{ config(materialized='ephemeral') }}

-- The same for the window beyond a quiet gap: none where the window has not moved on.
{{ events_of_window('base_gap_limits') }}
    and exists (select 1 from {{ ref('base_gap_limits') }} as g)
