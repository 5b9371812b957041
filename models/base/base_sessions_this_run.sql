{{ config(materialized='scratch', unique_key='domain_sessionid') }}

-- The sessions with new work; each is taken whole.
select
    w.domain_sessionid,
    w.session_start
from {{ ref('base_window_sessions') }} as w
where w.has_work = 1

union all

select
    g.domain_sessionid,
    g.session_start
from {{ ref('base_gap_sessions') }} as g
where g.has_work = 1
