{{ config(materialized='ephemeral') }}

{{ events_of_window('base_gap_limits') }}
    and exists (select 1 from {{ ref('base_gap_limits') }} as g)
