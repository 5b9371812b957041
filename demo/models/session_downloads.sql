{{ config(
    materialized='incremental',
    unique_key='domain_sessionid',
    time_key='session_start',
    replaces='base_sessions_this_run'
) }}

-- The downloads of each session that has any: custom events, which no module counts. The model reads the events of this
-- run, so it belongs between the main and the complete step of base.
select
    s.domain_sessionid,
    s.session_start,
    count(*) as downloads
from {{ ref('base_sessions_this_run') }} as s
inner join {{ ref('events_this_run') }} as e on e.domain_sessionid = s.domain_sessionid
where e.event_name = 'download'
group by
    s.domain_sessionid,
    s.session_start
