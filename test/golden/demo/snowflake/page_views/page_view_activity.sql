-- drop scratch.page_view_activity of an earlier run
-- only if base finds something new
-- only if there: scratch.page_view_activity
drop table if exists scratch.page_view_activity;

-- build page_view_activity
-- only if base finds something new
create transient table scratch.page_view_activity
as
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
),
handed_on__events_in_short as (
select
    m.page_view_id,
    m.event_id,
    m.domain_sessionid,
    m.collector_tstamp,
    m.derived_tstamp,
    m.doc_width,
    m.doc_height,
    m.pp_xoffset_max,
    m.pp_yoffset_max,
    m.br_viewwidth,
    m.br_viewheight,
    m.event_name
from (
-- The same events as events_this_run, with no more of them than was noted when they were read; so the events need not be
-- read once more.
select
    r.page_view_id,
    r.event_id,
    r.domain_sessionid,
    r.collector_tstamp,
    r.derived_tstamp,
    r.doc_width,
    r.doc_height,
    r.pp_xoffset_max,
    r.pp_yoffset_max,
    r.br_viewwidth,
    r.br_viewheight,
    r.event_name
from scratch.base_events_read as r
left join scratch.base_event_copies as c on c.event_id = r.event_id
where r.event_id is not null
    and c.event_id is null

union all

select
    k.page_view_id,
    k.event_id,
    k.domain_sessionid,
    k.collector_tstamp,
    k.derived_tstamp,
    k.doc_width,
    k.doc_height,
    k.pp_xoffset_max,
    k.pp_yoffset_max,
    k.br_viewwidth,
    k.br_viewheight,
    k.event_name
from ephemeral__event_copies_kept as k
) as m

union all

select
    s.page_view_id,
    s.event_id,
    s.domain_sessionid,
    s.collector_tstamp,
    s.derived_tstamp,
    s.doc_width,
    s.doc_height,
    s.pp_xoffset_max,
    s.pp_yoffset_max,
    s.br_viewwidth,
    s.br_viewheight,
    s.event_name
from scratch.events_staged as s
where not exists (select 1 from scratch.base_sessions_this_run as b where b.domain_sessionid = s.domain_sessionid)
)
select * from (
-- What the events of each page view tell of it: its last page ping, in how many heartbeats there was one, how large the page
-- was and the view of it, and how far it was scrolled, in pixels. They belong to a page view only within its own session: an
-- id can turn up in another. The events are read and grouped once for all of it.
select
    a.page_view_id,
    a.domain_sessionid,
    max(a.last_ping) as last_ping,
    nullif(sum(a.beats), 0) as beats,
    max(a.doc_width) as doc_width,
    max(a.doc_height) as doc_height,
    case when max(a.doc_width) > 0 then least(greatest(max(a.x_offset), 0), max(a.doc_width)) end as x_pixels,
    case when max(a.doc_height) > 0 then least(greatest(max(a.y_offset), 0), max(a.doc_height)) end as y_pixels,
    max(a.view_width) as view_width,
    max(a.view_height) as view_height
from (
    select
        e.page_view_id,
        e.domain_sessionid,
        max(e.ping_tstamp) as last_ping,
        count(distinct floor(datediff('second', cast('1970-01-01' as timestamp_ntz), e.ping_tstamp) / cast(10 as double precision))) as beats,
        max(e.doc_width) as doc_width,
        max(e.doc_height) as doc_height,
        max(e.x_offset) as x_offset,
        max(e.y_offset) as y_offset,
        max(e.view_width) as view_width,
        max(e.view_height) as view_height
    from (
        select
            e.page_view_id,
            e.domain_sessionid,
            e.derived_tstamp,
            case when e.event_name = 'page_ping' then e.derived_tstamp end as ping_tstamp,
            case when e.doc_width > 0 and e.doc_height > 0 then e.doc_width end as doc_width,
            case when e.doc_width > 0 and e.doc_height > 0 then e.doc_height end as doc_height,
            case when e.doc_width > 0 and e.doc_height > 0 then coalesce(e.pp_xoffset_max, 0) end as x_offset,
            case when e.doc_width > 0 and e.doc_height > 0 then coalesce(e.pp_yoffset_max, 0) end as y_offset,
            case when e.doc_width > 0 and e.doc_height > 0 then coalesce(e.br_viewwidth, 0) end as view_width,
            case when e.doc_width > 0 and e.doc_height > 0 then coalesce(e.br_viewheight, 0) end as view_height
        from handed_on__events_in_short as e
        where e.event_name in ('page_view', 'page_ping')
            and e.page_view_id is not null
    ) as e
    group by
        e.page_view_id,
        e.domain_sessionid,
        floor(datediff('second', cast('1970-01-01' as timestamp_ntz), e.derived_tstamp) / cast(10 as double precision))
) as a
group by
    a.page_view_id,
    a.domain_sessionid
) as page_view_activity;
