-- drop scratch.base_window_sessions_test of an earlier run
-- only if there: scratch.base_window_sessions_test
drop table if exists scratch.base_window_sessions_test;

-- build base_window_sessions
create table scratch.base_window_sessions_test
backup no
diststyle key
distkey (domain_sessionid)
as
select
    s.domain_sessionid,
    s.session_start,
    case when s.first_unread <= dateadd('day', 3, s.session_start) then 1 else 0 end as has_work,
    case when s.last_in_window > dateadd('day', 3, s.session_start) then 1 else 0 end as is_too_long,
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
        from scratch.base_window_events_test as e
        group by e.domain_sessionid
    ) as f
    left join derived.base_session_id_manifest_test as k on k.session_id = f.domain_sessionid
    group by f.domain_sessionid
) as s;
