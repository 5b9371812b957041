{{ config(materialized='scratch') }}

{{ events_of_window('base_window_limits') }}
