-- create the view events_this_run
create or replace view scratch.events_this_run_test as
with ephemeral__base_limits as (
-- The window of this run: the usual one, or the one beyond a quiet gap.
select
    coalesce(g.newest_read, w.newest_read) as newest_read,
    coalesce(g.lower_limit, w.lower_limit) as lower_limit,
    coalesce(g.upper_limit, w.upper_limit) as upper_limit,
    coalesce(g.scan_limit, w.scan_limit) as scan_limit
from scratch.base_window_limits_test as w
left join scratch.base_gap_limits_test as g on 1 = 1
),
ephemeral__event_copies_kept as (
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
from scratch.event_copies_test as c
where c.copy = 1
)
select * from (
-- The events of this run: each session with new work, whole, up to the end of the window. Copies are few, so only they
-- are put in order; all other events go through as they are.
select
    r.page_view_id,
    e.event_id,
    r.event_name,
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
    e.pp_yoffset_max
from (
    with once as (
        select
            r.domain_sessionid,
            r.event_id,
            r.collector_tstamp,
            r.event_name,
            r.page_view_id
        from scratch.base_events_read_test as r
        left join scratch.base_event_copies_test as c on c.event_id = r.event_id
        where r.event_id is not null
            and c.event_id is null
    )
    select * from once
) as r
inner join atomic.events as e
    on e.event_id = r.event_id
    and e.collector_tstamp = r.collector_tstamp and e.domain_sessionid = r.domain_sessionid
where e.domain_sessionid is not null
    and e.collector_tstamp >= cast('2024-01-01' as timestamp)
    and e.collector_tstamp >= (select max(l.scan_limit) from ephemeral__base_limits as l)
    and e.collector_tstamp <= (select max(l.upper_limit) from ephemeral__base_limits as l)
    and coalesce(e.dvce_sent_tstamp <= dateadd('day', 3, e.dvce_created_tstamp), 1 = 1)

union all

select
    k.page_view_id,
    k.event_id,
    k.event_name,
    k.app_id,
    k.user_id,
    k.domain_userid,
    k.network_userid,
    k.domain_sessionid,
    k.domain_sessionidx,
    k.collector_tstamp,
    k.dvce_created_tstamp,
    k.derived_tstamp,
    k.page_url,
    k.page_title,
    k.page_urlscheme,
    k.page_urlhost,
    k.page_urlpath,
    k.page_urlquery,
    k.page_urlfragment,
    k.mkt_medium,
    k.mkt_source,
    k.mkt_term,
    k.mkt_content,
    k.mkt_campaign,
    k.mkt_clickid,
    k.mkt_network,
    k.page_referrer,
    k.refr_urlscheme,
    k.refr_urlhost,
    k.refr_urlpath,
    k.refr_urlquery,
    k.refr_urlfragment,
    k.refr_medium,
    k.refr_source,
    k.refr_term,
    k.geo_country,
    k.geo_region,
    k.geo_region_name,
    k.geo_city,
    k.geo_zipcode,
    k.geo_latitude,
    k.geo_longitude,
    k.geo_timezone,
    k.user_ipaddress,
    k.useragent,
    k.br_lang,
    k.br_viewwidth,
    k.br_viewheight,
    k.br_colordepth,
    k.br_renderengine,
    k.os_timezone,
    k.doc_width,
    k.doc_height,
    k.pp_xoffset_max,
    k.pp_yoffset_max
from ephemeral__event_copies_kept as k
) as events_this_run
with no schema binding;
