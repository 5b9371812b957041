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

{{ left_out_of('considered') }}
