{{ config(materialized='scratch') }}

{{ sessions_of_window('base_window_events') }}
