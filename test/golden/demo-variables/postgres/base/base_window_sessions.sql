-- drop scratch.base_window_sessions_test of an earlier run
-- only if there: scratch.base_window_sessions_test
drop table if exists scratch.base_window_sessions_test;

-- the limit base_window_limits_lower_limit
select set_config('seshat.base_window_limits_lower_limit', coalesce((select max(l.lower_limit) from scratch.base_window_limits_test as l)::text, 'infinity'), false);

-- the limit base_window_limits_scan_limit
select set_config('seshat.base_window_limits_scan_limit', coalesce((select max(l.scan_limit) from scratch.base_window_limits_test as l)::text, 'infinity'), false);

-- the limit base_window_limits_upper_limit
select set_config('seshat.base_window_limits_upper_limit', coalesce((select max(l.upper_limit) from scratch.base_window_limits_test as l)::text, 'infinity'), false);

-- build base_window_sessions
create unlogged table scratch.base_window_sessions_test as
with ephemeral__base_window_events as (
-- The wanted events of this run's window, and those before it of sessions that may have gone on into it.
select
    e.domain_sessionid,
    e.event_id,
    e.collector_tstamp,
    case when coalesce(e.dvce_sent_tstamp <= (e.dvce_created_tstamp + interval '3 day'), 1 = 1) then 0 else 1 end as is_sent_too_late,
    case when m.collector_tstamp is null then 1 else 0 end as is_unread,
    case when e.collector_tstamp >= (select cast(current_setting('seshat.base_window_limits_lower_limit') as timestamp)) then 1 else 0 end as is_in_window
from atomic.events as e
left join (
    select distinct
        r.event_id,
        r.collector_tstamp
    from derived.base_event_id_manifest_test as r
    where r.collector_tstamp >= cast(current_setting('seshat.base_window_limits_scan_limit') as timestamp)
) as m on coalesce(m.event_id, '') = coalesce(e.event_id, '') and m.collector_tstamp = e.collector_tstamp
where e.domain_sessionid is not null
    and e.collector_tstamp >= cast('2024-01-01' as timestamp)
    and e.collector_tstamp >= cast(current_setting('seshat.base_window_limits_scan_limit') as timestamp)
    and e.collector_tstamp <= cast(current_setting('seshat.base_window_limits_upper_limit') as timestamp)
)
select * from (
select
    s.domain_sessionid,
    s.session_start,
    case when s.first_unread <= (s.session_start + interval '3 day') then 1 else 0 end as has_work,
    case when s.last_in_window > (s.session_start + interval '3 day') then 1 else 0 end as is_too_long,
    s.is_sent_too_late
from (
    select
        f.domain_sessionid,
        min(case when k.min_tstamp < f.first_tstamp or f.first_tstamp is null then k.min_tstamp else f.first_tstamp end) as session_start,
        min(f.first_unread) as first_unread,
        max(f.last_in_window) as last_in_window,
        max(f.is_sent_too_late) as is_sent_too_late
    from (
        select
            e.domain_sessionid,
            min(case when e.is_sent_too_late = 0 then e.collector_tstamp end) as first_tstamp,
            min(case when e.is_sent_too_late = 0 and e.is_in_window = 1 and e.is_unread = 1 then e.collector_tstamp end) as first_unread,
            max(case when e.is_sent_too_late = 0 and e.is_in_window = 1 then e.collector_tstamp end) as last_in_window,
            max(case when e.is_in_window = 1 then e.is_sent_too_late else 0 end) as is_sent_too_late
        from ephemeral__base_window_events as e
        group by e.domain_sessionid
    ) as f
    left join derived.base_session_id_manifest_test as k on k.session_id = f.domain_sessionid
    group by f.domain_sessionid
) as s
) as base_window_sessions;

-- statistics of scratch.base_window_sessions_test
-- only if there are rows
analyze scratch.base_window_sessions_test (domain_sessionid);
