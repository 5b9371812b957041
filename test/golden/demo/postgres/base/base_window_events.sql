-- drop scratch.base_window_events of an earlier run
-- only if there: scratch.base_window_events
drop table if exists scratch.base_window_events;

-- the limit base_window_limits_lower_limit
select set_config('seshat.base_window_limits_lower_limit', coalesce((select max(l.lower_limit) from scratch.base_window_limits as l)::text, 'infinity'), false);

-- the limit base_window_limits_scan_limit
select set_config('seshat.base_window_limits_scan_limit', coalesce((select max(l.scan_limit) from scratch.base_window_limits as l)::text, 'infinity'), false);

-- the limit base_window_limits_upper_limit
select set_config('seshat.base_window_limits_upper_limit', coalesce((select max(l.upper_limit) from scratch.base_window_limits as l)::text, 'infinity'), false);

-- build base_window_events
create unlogged table scratch.base_window_events as
select
    e.domain_sessionid,
    e.event_id,
    e.collector_tstamp,
    case when coalesce(e.dvce_sent_tstamp <= (e.dvce_created_tstamp + interval '3 day'), 1 = 1) then 0 else 1 end as is_sent_too_late,
    case when m.collector_tstamp is null then 1 else 0 end as is_unread,
    case when e.collector_tstamp >= cast(current_setting('seshat.base_window_limits_lower_limit') as timestamp) then 1 else 0 end as is_in_window
from atomic.events as e
left join (
    select distinct
        r.event_id,
        r.collector_tstamp
    from derived.base_event_id_manifest as r
    where r.collector_tstamp >= cast(current_setting('seshat.base_window_limits_scan_limit') as timestamp)
) as m on coalesce(m.event_id, '') = coalesce(e.event_id, '') and m.collector_tstamp = e.collector_tstamp
where e.domain_sessionid is not null
    and e.collector_tstamp >= cast('2024-01-01' as timestamp)
    and e.collector_tstamp >= cast(current_setting('seshat.base_window_limits_scan_limit') as timestamp)
    and e.collector_tstamp <= cast(current_setting('seshat.base_window_limits_upper_limit') as timestamp);

-- statistics of scratch.base_window_events
analyze scratch.base_window_events (domain_sessionid, collector_tstamp);
