-- one transaction, only if base finds something new
begin;

-- remove the metadata of base for this run
delete from derived.datamodel_metadata
where run_id in (select run_id from scratch.base_metadata_this_run) and module = 'base';

-- write the metadata of base
insert into derived.datamodel_metadata (run_id, model_version, model, module, run_start_tstamp, run_end_tstamp, rows_this_run, distinct_key, distinct_key_count, time_key, min_time_key, max_time_key, duplicate_rows_removed, distinct_keys_removed)
select m.run_id, '1.0.0', 'web', 'base', m.run_start_tstamp, getdate(),
    r.rows_this_run, 'event_id', r.distinct_key_count, 'collector_tstamp', r.min_time_key, r.max_time_key,
    d.rows_removed, d.keys_removed
from scratch.base_metadata_this_run as m
cross join (
    select cast(count(*) as integer) as rows_this_run, count(event_id) as distinct_key_count,
        min(collector_tstamp) as min_time_key, max(collector_tstamp) as max_time_key
    from (
with ephemeral__event_copies_kept as (
-- Of the events with copies those that stay: the first in each session, or with event_dedupe exclude the only one.
select
    c.page_view_id,
    c.event_id,
    c.event_name,
    c.app_id,
    c.user_id,
    c.domain_userid,
    c.network_userid,
    c.domain_sessionid,
    c.domain_sessionidx,
    c.collector_tstamp,
    c.dvce_created_tstamp,
    c.derived_tstamp,
    c.page_url,
    c.page_title,
    c.page_urlscheme,
    c.page_urlhost,
    c.page_urlpath,
    c.page_urlquery,
    c.page_urlfragment,
    c.mkt_medium,
    c.mkt_source,
    c.mkt_term,
    c.mkt_content,
    c.mkt_campaign,
    c.mkt_clickid,
    c.mkt_network,
    c.page_referrer,
    c.refr_urlscheme,
    c.refr_urlhost,
    c.refr_urlpath,
    c.refr_urlquery,
    c.refr_urlfragment,
    c.refr_medium,
    c.refr_source,
    c.refr_term,
    c.geo_country,
    c.geo_region,
    c.geo_region_name,
    c.geo_city,
    c.geo_zipcode,
    c.geo_latitude,
    c.geo_longitude,
    c.geo_timezone,
    c.user_ipaddress,
    c.useragent,
    c.br_lang,
    c.br_viewwidth,
    c.br_viewheight,
    c.br_colordepth,
    c.br_renderengine,
    c.os_timezone,
    c.doc_width,
    c.doc_height,
    c.pp_xoffset_max,
    c.pp_yoffset_max
from scratch.event_copies as c
where c.copy = 1
)
select * from (
-- What is left without the further copies, for the metadata: one row per event, be it in one session or in several.
-- One without an id is not among the events of a run either.
select
    r.event_id,
    r.collector_tstamp
from scratch.base_events_read as r
left join scratch.base_event_copies as c on c.event_id = r.event_id
where r.event_id is not null
    and c.event_id is null

union all

select
    k.event_id,
    min(k.collector_tstamp) as collector_tstamp
from ephemeral__event_copies_kept as k
group by k.event_id
) as base_events_kept
) as counted
) as r
cross join (
    select cast(coalesce(sum(copies - kept), 0) as integer) as rows_removed,
        cast(coalesce(sum(case when kept = 0 then 1 else 0 end), 0) as integer) as keys_removed
    from scratch.event_duplicates
) as d;

commit;

-- how far base has come
-- only if base finds something new
with ephemeral__base_limits as (
-- The window of this run: the usual one, or the one beyond a quiet gap.
select
    coalesce(g.newest_read, w.newest_read) as newest_read,
    coalesce(g.lower_limit, w.lower_limit) as lower_limit,
    coalesce(g.upper_limit, w.upper_limit) as upper_limit,
    coalesce(g.scan_limit, w.scan_limit) as scan_limit
from scratch.base_window_limits as w
left join scratch.base_gap_limits as g on 1 = 1
)
select * from (
-- How far the events are read, and whether events that count lie beyond. Of a session that was not read yet the first
-- event counts, so where any wanted one is left of it, there is more to do.
with read_now as (
    select max(r.collector_tstamp) as newest_read
    from scratch.base_events_read as r
),

beyond as (
    select
        e.domain_sessionid,
        e.collector_tstamp,
        min(e.collector_tstamp) over (partition by e.domain_sessionid) as first_beyond
    from atomic.events as e
    where e.domain_sessionid is not null
    and e.collector_tstamp >= cast('2024-01-01' as timestamp)
        and e.collector_tstamp > (select max(l.upper_limit) from ephemeral__base_limits as l)
        and coalesce(e.dvce_sent_tstamp <= dateadd('day', 3, e.dvce_created_tstamp), 1 = 1)
),

counting as (
    select max(b.collector_tstamp) as newest
    from beyond as b
    left join derived.base_session_id_manifest as k on k.session_id = b.domain_sessionid
    left join scratch.base_sessions_this_run as s on s.domain_sessionid = b.domain_sessionid
    where b.collector_tstamp <= dateadd('day', 3, b.first_beyond)
        and (k.min_tstamp is null or b.collector_tstamp <= dateadd('day', 3, k.min_tstamp))
        and (s.session_start is null or b.collector_tstamp <= dateadd('day', 3, s.session_start))
),

read_so_far as (
    select case when r.newest_read < l.newest_read then l.newest_read else coalesce(r.newest_read, l.newest_read) end as newest
    from read_now as r
    cross join ephemeral__base_limits as l
)

select
    r.newest as read_up_to,
    coalesce(c.newest, r.newest) as newest,
    c.newest is null as caught_up
from counting as c
cross join read_so_far as r
) as base_progress;

-- what base has left out
-- only if base finds something new
-- Sessions of this run's window with events that do not count.
with considered as (
    select
        w.is_sent_too_late,
        w.is_too_long
    from scratch.base_window_sessions as w

    union all

    select
        g.is_sent_too_late,
        g.is_too_long
    from scratch.base_gap_sessions as g
)

select
    'sent more than 3 days late' as reason,
    coalesce(sum(c.is_sent_too_late), 0) as sessions
from considered as c

union all

select
    'more than 3 days after it began' as reason,
    coalesce(sum(c.is_too_long), 0) as sessions
from considered as c;

-- write the metadata of base: nothing new
-- only if base finds nothing new
insert into derived.datamodel_metadata (run_id, model_version, model, module, run_start_tstamp, run_end_tstamp, rows_this_run, distinct_key, distinct_key_count, time_key, duplicate_rows_removed, distinct_keys_removed)
select m.run_id, '1.0.0', 'web', 'base', m.run_start_tstamp, getdate(),
    0, 'event_id', 0, 'collector_tstamp', 0, 0
from scratch.base_metadata_this_run as m;

-- how far base has come
-- only if base finds nothing new
-- How far the events are read where this run reads none: nothing that counts lies beyond, or the window had moved on to it.
select
    w.newest_read as read_up_to,
    w.newest_read as newest,
    1 = 1 as caught_up
from scratch.base_window_limits as w;

-- what base has left out
-- only if base finds nothing new
-- Sessions of the window with events that do not count, where the window has not moved on.
select
    'sent more than 3 days late' as reason,
    coalesce(sum(c.is_sent_too_late), 0) as sessions
from scratch.base_window_sessions as c

union all

select
    'more than 3 days after it began' as reason,
    coalesce(sum(c.is_too_long), 0) as sessions
from scratch.base_window_sessions as c;
