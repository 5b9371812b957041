-- drop scratch.base_events_read of an earlier run
-- only if there: scratch.base_events_read
drop table if exists scratch.base_events_read;

-- the limit base_limits_scan_limit
set base_limits_scan_limit = (
    select coalesce((select max(l.scan_limit) from (
-- The window of this run: the usual one, or the one beyond a quiet gap.
select
    coalesce(g.newest_read, w.newest_read) as newest_read,
    coalesce(g.lower_limit, w.lower_limit) as lower_limit,
    coalesce(g.upper_limit, w.upper_limit) as upper_limit,
    coalesce(g.scan_limit, w.scan_limit) as scan_limit
from scratch.base_window_limits as w
left join scratch.base_gap_limits as g on 1 = 1
) as l), cast('9999-12-31' as timestamp_ntz))
);

-- the limit base_limits_upper_limit
set base_limits_upper_limit = (
    select coalesce((select max(l.upper_limit) from (
-- The window of this run: the usual one, or the one beyond a quiet gap.
select
    coalesce(g.newest_read, w.newest_read) as newest_read,
    coalesce(g.lower_limit, w.lower_limit) as lower_limit,
    coalesce(g.upper_limit, w.upper_limit) as upper_limit,
    coalesce(g.scan_limit, w.scan_limit) as scan_limit
from scratch.base_window_limits as w
left join scratch.base_gap_limits as g on 1 = 1
) as l), cast('9999-12-31' as timestamp_ntz))
);

-- build base_events_read
create transient table scratch.base_events_read
as
-- Every copy of an event that this run reads, with its page view id: all that count of the sessions it takes, up to the
-- end of the window. Only one of the two windows has sessions with work.
select
    r.domain_sessionid,
    r.event_id,
    r.collector_tstamp,
    r.is_unread,
    w.page_view_id
from (
    select
        e.domain_sessionid,
        e.event_id,
        e.collector_tstamp,
        e.is_unread
    from scratch.base_window_events as e
    inner join scratch.base_window_sessions as s on s.domain_sessionid = e.domain_sessionid
    where s.has_work = 1
        and e.is_sent_too_late = 0
        and e.collector_tstamp <= dateadd('day', 3, s.session_start)

    union all

    select
        e.domain_sessionid,
        e.event_id,
        e.collector_tstamp,
        e.is_unread
    from scratch.base_gap_events as e
    inner join scratch.base_gap_sessions as s on s.domain_sessionid = e.domain_sessionid
    where s.has_work = 1
        and e.is_sent_too_late = 0
        and e.collector_tstamp <= dateadd('day', 3, s.session_start)
) as r
left join (
    select
        e.event_id as root_id,
        e.collector_tstamp as root_tstamp,
        min(cast(get_path(c.value, 'id') as varchar)) as page_view_id
    from atomic.events as e,
        lateral flatten(input => e.contexts_com_snowplowanalytics_snowplow_web_page_1) as c
    where e.collector_tstamp >= $base_limits_scan_limit
        and e.collector_tstamp <= $base_limits_upper_limit
    group by
        e.event_id,
        e.collector_tstamp
) as w on w.root_id = r.event_id and w.root_tstamp = r.collector_tstamp;
