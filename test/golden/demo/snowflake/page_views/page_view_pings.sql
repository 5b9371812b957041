-- drop scratch.page_view_pings of an earlier run
-- only if base finds something new
-- only if there: scratch.page_view_pings
drop table if exists scratch.page_view_pings;

-- the limit base_limits_scan_limit
-- only if base finds something new
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
-- only if base finds something new
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

-- build page_view_pings
-- only if base finds something new
create transient table scratch.page_view_pings
as
with handed_on__events_in_short as (
select
    m.page_view_id,
    m.event_id,
    m.domain_sessionid,
    m.collector_tstamp,
    m.event_name,
    m.derived_tstamp,
    m.doc_width,
    m.doc_height,
    m.pp_xoffset_max,
    m.pp_yoffset_max,
    m.br_viewwidth,
    m.br_viewheight
from (
-- The same events as events_this_run, with no more of them than was noted when they were read; so the events need not be
-- read once more.
select
    r.page_view_id,
    r.event_id,
    r.domain_sessionid,
    r.collector_tstamp,
    r.event_name,
    r.derived_tstamp,
    r.doc_width,
    r.doc_height,
    r.pp_xoffset_max,
    r.pp_yoffset_max,
    r.br_viewwidth,
    r.br_viewheight
from scratch.base_events_read as r
left join scratch.event_duplicates as d on d.domain_sessionid = r.domain_sessionid and d.event_id = r.event_id
where r.event_id is not null
    and d.event_id is null

union all

select
    c.page_view_id,
    c.event_id,
    c.domain_sessionid,
    c.collector_tstamp,
    c.event_name,
    c.derived_tstamp,
    c.doc_width,
    c.doc_height,
    c.pp_xoffset_max,
    c.pp_yoffset_max,
    c.br_viewwidth,
    c.br_viewheight
from (
    select
        r.page_view_id,
        e.event_id,
        e.event_name,
        e.app_id,
        e.user_id,
        e.domain_userid,
        e.network_userid,
        e.domain_sessionid,
        e.domain_sessionidx,
        e.collector_tstamp,
        e.dvce_created_tstamp,
        e.derived_tstamp,
        e.page_url,
        e.page_title,
        e.page_urlscheme,
        e.page_urlhost,
        e.page_urlpath,
        e.page_urlquery,
        e.page_urlfragment,
        e.mkt_medium,
        e.mkt_source,
        e.mkt_term,
        e.mkt_content,
        e.mkt_campaign,
        e.mkt_clickid,
        e.mkt_network,
        e.page_referrer,
        e.refr_urlscheme,
        e.refr_urlhost,
        e.refr_urlpath,
        e.refr_urlquery,
        e.refr_urlfragment,
        e.refr_medium,
        e.refr_source,
        e.refr_term,
        e.geo_country,
        e.geo_region,
        e.geo_region_name,
        e.geo_city,
        e.geo_zipcode,
        e.geo_latitude,
        e.geo_longitude,
        e.geo_timezone,
        e.user_ipaddress,
        e.useragent,
        e.br_lang,
        e.br_viewwidth,
        e.br_viewheight,
        e.br_colordepth,
        e.br_renderengine,
        e.os_timezone,
        e.doc_width,
        e.doc_height,
        e.pp_xoffset_max,
        e.pp_yoffset_max,
        row_number() over (
            partition by e.domain_sessionid, e.event_id
            order by e.collector_tstamp, e.dvce_created_tstamp, e.derived_tstamp, e.etl_tstamp, e.page_url, e.page_title
        ) as copy
    from (
        select distinct
            r.domain_sessionid,
            r.event_id,
            r.collector_tstamp,
            r.page_view_id
        from scratch.base_events_read as r
        inner join scratch.event_duplicates as d on d.domain_sessionid = r.domain_sessionid and d.event_id = r.event_id
    ) as r
    inner join atomic.events as e
        on e.event_id = r.event_id
        and e.collector_tstamp = r.collector_tstamp
        and e.domain_sessionid = r.domain_sessionid
    where e.domain_sessionid is not null
        and e.collector_tstamp >= cast('2024-01-01' as timestamp_ntz)
        and e.collector_tstamp >= $base_limits_scan_limit
        and e.collector_tstamp <= $base_limits_upper_limit
        and coalesce(e.dvce_sent_tstamp <= dateadd('day', 3, e.dvce_created_tstamp), 1 = 1)
) as c
where c.copy = 1
) as m

union all

select
    s.page_view_id,
    s.event_id,
    s.domain_sessionid,
    s.collector_tstamp,
    s.event_name,
    s.derived_tstamp,
    s.doc_width,
    s.doc_height,
    s.pp_xoffset_max,
    s.pp_yoffset_max,
    s.br_viewwidth,
    s.br_viewheight
from scratch.events_staged as s
where not exists (select 1 from scratch.base_sessions_this_run as b where b.domain_sessionid = s.domain_sessionid)
)
select * from (
-- The last page ping of each page view, and in how many heartbeats there was one. They belong to a page view only within
-- its own session: an id can turn up in another.
select
    p.page_view_id,
    p.domain_sessionid,
    max(p.last_ping) as last_ping,
    count(*) as beats
from (
    select
        e.page_view_id,
        e.domain_sessionid,
        max(e.derived_tstamp) as last_ping
    from handed_on__events_in_short as e
    where e.event_name = 'page_ping'
        and e.page_view_id is not null
        and e.derived_tstamp is not null
    group by
        e.page_view_id,
        e.domain_sessionid,
        floor(datediff('second', cast('1970-01-01' as timestamp_ntz), e.derived_tstamp) / cast(10 as double precision))
) as p
group by
    p.page_view_id,
    p.domain_sessionid
) as page_view_pings;
