{{ config(materialized='scratch') }}

{{ sessions_of_window('base_gap_events') }}
