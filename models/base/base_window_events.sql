{{ config(materialized='ephemeral') }}

{{ events_of_window('base_window_limits') }}
