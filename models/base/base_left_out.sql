{{ config(materialized='ephemeral') }}

-- Sessions of this run's window with events that do not count.
with considered as (
    select
        w.is_sent_too_late,
        w.is_too_long
    from {{ ref('base_window_sessions') }} as w

    union all

    select
        g.is_sent_too_late,
        g.is_too_long
    from {{ ref('base_gap_sessions') }} as g
)

select
    'sent more than {{ var('days_late_allowed') }} days late' as reason,
    coalesce(sum(c.is_sent_too_late), 0) as sessions
from considered as c

union all

select
    'more than {{ session_days() }} days after it began' as reason,
    coalesce(sum(c.is_too_long), 0) as sessions
from considered as c
