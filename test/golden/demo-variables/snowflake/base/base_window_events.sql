-- drop scratch.base_window_events_test of an earlier run
-- only if there: scratch.base_window_events_test
drop table if exists scratch.base_window_events_test;

-- the limit base_window_limits_lower_limit
set base_window_limits_lower_limit = (
    select coalesce((select max(l.lower_limit) from scratch.base_window_limits_test as l), cast('9999-12-31' as timestamp_ntz))
);

-- the limit base_window_limits_scan_limit
set base_window_limits_scan_limit = (
    select coalesce((select max(l.scan_limit) from scratch.base_window_limits_test as l), cast('9999-12-31' as timestamp_ntz))
);

-- the limit base_window_limits_upper_limit
set base_window_limits_upper_limit = (
    select coalesce((select max(l.upper_limit) from scratch.base_window_limits_test as l), cast('9999-12-31' as timestamp_ntz))
);

-- build base_window_events
create transient table scratch.base_window_events_test
as
select
    e.domain_sessionid,
    e.event_id,
    e.collector_tstamp,
    case when coalesce(e.dvce_sent_tstamp <= dateadd('day', 3, e.dvce_created_tstamp), 1 = 1) then 0 else 1 end as is_sent_too_late,
    case when m.collector_tstamp is null then 1 else 0 end as is_unread,
    case when e.collector_tstamp >= $base_window_limits_lower_limit then 1 else 0 end as is_in_window
from atomic.events as e
left join (
    select distinct
        r.event_id,
        r.collector_tstamp
    from derived.base_event_id_manifest_test as r
    where r.collector_tstamp >= $base_window_limits_scan_limit
) as m on coalesce(m.event_id, '') = coalesce(e.event_id, '') and m.collector_tstamp = e.collector_tstamp
where e.domain_sessionid is not null
    and e.collector_tstamp >= cast('2024-01-01' as timestamp_ntz)
    and e.collector_tstamp >= $base_window_limits_scan_limit
    and e.collector_tstamp <= $base_window_limits_upper_limit;
