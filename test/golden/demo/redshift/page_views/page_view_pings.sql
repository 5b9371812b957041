-- drop scratch.page_view_pings of an earlier run
-- only if base finds something new
-- only if there: scratch.page_view_pings
drop table if exists scratch.page_view_pings;

-- build page_view_pings
-- only if base finds something new
create table scratch.page_view_pings
backup no
diststyle key
distkey (page_view_id)
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
        floor(datediff('second', cast('1970-01-01' as timestamp), e.derived_tstamp) / cast(10 as double precision))
) as p
group by
    p.page_view_id,
    p.domain_sessionid
) as page_view_pings;
