{{ config(materialized='scratch', replace_by='domain_sessionid', time_key='collector_tstamp') }}

{{ events_of_window('base_window_limits') }}
