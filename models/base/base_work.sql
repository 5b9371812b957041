{{ config(materialized='ephemeral') }}

-- A row where this run has something to read. Sessions beyond the window come of events beyond it alone.
select 1 as has_work
from {{ ref('base_window_sessions') }} as w
where w.has_work = 1

union all

select 1 as has_work
from {{ ref('base_gap_limits') }} as g
