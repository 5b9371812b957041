-- drop scratch.base_window_limits_test of an earlier run
-- only if there: scratch.base_window_limits_test
drop table if exists scratch.base_window_limits_test;

-- build base_window_limits
create unlogged table scratch.base_window_limits_test as
-- The window in which this run looks for new work: from somewhat before the newest event that was read, since events are
-- loaded late, to as far beyond it as one run takes on.
select
    w.newest_read,
    w.lower_limit,
    (w.newest_or_start + interval '60 day') as upper_limit,
    (w.lower_limit + interval '-3 day') as scan_limit
from (
    select
        r.newest_read,
        coalesce(r.newest_read, cast('2024-01-01' as timestamp)) as newest_or_start,
        coalesce(
            (r.newest_read + interval '-6 hour'),
            cast('2024-01-01' as timestamp)
        ) as lower_limit
    from (
        select max(m.collector_tstamp) as newest_read
        from derived.base_event_id_manifest_test as m
    ) as r
) as w;

-- statistics of scratch.base_window_limits_test
-- only if there are rows
analyze scratch.base_window_limits_test;
