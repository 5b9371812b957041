{{ config(materialized='scratch') }}

-- The window in which this run looks for new work: from somewhat before the newest event that was read, since events are
-- loaded late, to as far beyond it as one run takes on.
select
    w.newest_read,
    w.lower_limit,
    {{ add_days('w.newest_or_start', var('update_cadence_days')) }} as upper_limit,
    {{ add_days('w.lower_limit', 0 - session_days()) }} as scan_limit
from (
    select
        r.newest_read,
        coalesce(r.newest_read, {{ as_timestamp(var('start_date')) }}) as newest_or_start,
        coalesce(
            {{ add_hours('r.newest_read', 0 - var('lookback_window_hours')) }},
            {{ as_timestamp(var('start_date')) }}
        ) as lower_limit
    from (
        select max(m.collector_tstamp) as newest_read
        from {{ previous('base_event_id_manifest') }} as m
    ) as r
) as w
