{{ config(materialized='scratch', replace_by='domain_sessionid') }}

{{ sessions_of_window('base_window_events') }}
