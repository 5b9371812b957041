-- drop scratch.base_events_read_test of an earlier run
-- only if there: scratch.base_events_read_test
drop table if exists scratch.base_events_read_test;

-- the limit base_limits_scan_limit
select set_config('seshat.base_limits_scan_limit', coalesce((select max(l.scan_limit) from (
-- The window of this run: the usual one, or the one beyond a quiet gap.
select
    coalesce(g.newest_read, w.newest_read) as newest_read,
    coalesce(g.lower_limit, w.lower_limit) as lower_limit,
    coalesce(g.upper_limit, w.upper_limit) as upper_limit,
    coalesce(g.scan_limit, w.scan_limit) as scan_limit
from scratch.base_window_limits_test as w
left join scratch.base_gap_limits_test as g on 1 = 1
) as l)::text, 'infinity'), false);

-- the limit base_limits_upper_limit
select set_config('seshat.base_limits_upper_limit', coalesce((select max(l.upper_limit) from (
-- The window of this run: the usual one, or the one beyond a quiet gap.
select
    coalesce(g.newest_read, w.newest_read) as newest_read,
    coalesce(g.lower_limit, w.lower_limit) as lower_limit,
    coalesce(g.upper_limit, w.upper_limit) as upper_limit,
    coalesce(g.scan_limit, w.scan_limit) as scan_limit
from scratch.base_window_limits_test as w
left join scratch.base_gap_limits_test as g on 1 = 1
) as l)::text, 'infinity'), false);

-- build base_events_read
create unlogged table scratch.base_events_read_test as
-- Every copy of an event that this run reads, with its page view ids and what is measured of it: all that count of the
-- sessions it takes, up to the end of the window. One from before its session began was loaded since that was seen: it
-- waits for the next run, which sees that the session began with it. One with several contexts stands here as often, and
-- is told from copies by event_copies. Times and numbers stand before texts, which on Postgres takes eight bytes less of each.
select
    r.collector_tstamp,
    r.derived_tstamp,
    r.doc_width,
    r.doc_height,
    r.pp_xoffset_max,
    r.pp_yoffset_max,
    r.br_viewwidth,
    r.br_viewheight,
    r.event_name,
    r.is_unread,
    r.domain_sessionid,
    r.event_id,
    w.page_view_id
from (
    select
        e.collector_tstamp,
        e.derived_tstamp,
        e.doc_width,
        e.doc_height,
        e.pp_xoffset_max,
        e.pp_yoffset_max,
        e.br_viewwidth,
        e.br_viewheight,
        e.event_name,
        case when m.collector_tstamp is null then 1 else 0 end as is_unread,
        e.domain_sessionid,
        e.event_id
    from atomic.events as e
    inner join scratch.base_sessions_this_run_test as s on s.domain_sessionid = e.domain_sessionid
    left join (
        select distinct
            r.event_id,
            r.collector_tstamp
        from derived.base_event_id_manifest_test as r
        where r.collector_tstamp >= cast(current_setting('seshat.base_limits_scan_limit') as timestamp)
    ) as m on coalesce(m.event_id, '') = coalesce(e.event_id, '') and m.collector_tstamp = e.collector_tstamp
    where e.domain_sessionid is not null
        and e.collector_tstamp >= cast('2024-01-01' as timestamp)
        and e.collector_tstamp >= cast(current_setting('seshat.base_limits_scan_limit') as timestamp)
        and e.collector_tstamp <= cast(current_setting('seshat.base_limits_upper_limit') as timestamp)
        and coalesce(e.dvce_sent_tstamp <= (e.dvce_created_tstamp + interval '3 day'), 1 = 1)
        and coalesce(e.collector_tstamp >= s.session_start and e.collector_tstamp <= (s.session_start + interval '3 day'), 1 = 0)
) as r
left join (
    select
        c.root_id,
        c.root_tstamp,
        c.id as page_view_id
    from atomic.com_snowplowanalytics_snowplow_web_page_1 as c
    where c.root_tstamp >= cast(current_setting('seshat.base_limits_scan_limit') as timestamp)
        and c.root_tstamp <= cast(current_setting('seshat.base_limits_upper_limit') as timestamp)
) as w on w.root_id = r.event_id and w.root_tstamp = r.collector_tstamp;

-- statistics of scratch.base_events_read_test
-- only if there are rows
analyze scratch.base_events_read_test (event_id, collector_tstamp, domain_sessionid, page_view_id, event_name, is_unread);
