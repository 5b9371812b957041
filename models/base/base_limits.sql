{{ config(materialized='ephemeral') }}

-- The window of this run: the usual one, or the one beyond a quiet gap.
select
    coalesce(g.newest_read, w.newest_read) as newest_read,
    coalesce(g.lower_limit, w.lower_limit) as lower_limit,
    coalesce(g.upper_limit, w.upper_limit) as upper_limit,
    coalesce(g.scan_limit, w.scan_limit) as scan_limit
from {{ ref('base_window_limits') }} as w
left join {{ ref('base_gap_limits') }} as g on 1 = 1
