{{ config(materialized='scratch', replace_by='domain_sessionid', time_key='collector_tstamp') }}

{{ events_of_window('base_gap_limits') }}
    and exists (select 1 from {{ ref('base_gap_limits') }} as g)
