-- drop scratch.page_view_events of an earlier run
-- only if base finds something new
-- only if there: scratch.page_view_events
drop table if exists scratch.page_view_events;

-- the limit base_limits_scan_limit
-- only if base finds something new
select set_config('seshat.base_limits_scan_limit', coalesce((select max(l.scan_limit) from (
-- The window of this run: the usual one, or the one beyond a quiet gap.
select
    coalesce(g.newest_read, w.newest_read) as newest_read,
    coalesce(g.lower_limit, w.lower_limit) as lower_limit,
    coalesce(g.upper_limit, w.upper_limit) as upper_limit,
    coalesce(g.scan_limit, w.scan_limit) as scan_limit
from scratch.base_window_limits as w
left join scratch.base_gap_limits as g on 1 = 1
) as l)::text, 'infinity'), false);

-- the limit base_limits_upper_limit
-- only if base finds something new
select set_config('seshat.base_limits_upper_limit', coalesce((select max(l.upper_limit) from (
-- The window of this run: the usual one, or the one beyond a quiet gap.
select
    coalesce(g.newest_read, w.newest_read) as newest_read,
    coalesce(g.lower_limit, w.lower_limit) as lower_limit,
    coalesce(g.upper_limit, w.upper_limit) as upper_limit,
    coalesce(g.scan_limit, w.scan_limit) as scan_limit
from scratch.base_window_limits as w
left join scratch.base_gap_limits as g on 1 = 1
) as l)::text, 'infinity'), false);

-- build page_view_events
-- only if base finds something new
create unlogged table scratch.page_view_events as
with view__events_this_run as (
-- The events of this run: each session with new work, whole, up to the end of the window. Copies are few, so only they
-- are put in order; all other events go through as they are.
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
    e.pp_yoffset_max
from (
    select
        r.domain_sessionid,
        r.event_id,
        r.collector_tstamp,
        r.page_view_id
    from scratch.base_events_read as r
    left join scratch.event_duplicates as d on d.domain_sessionid = r.domain_sessionid and d.event_id = r.event_id
    where d.event_id is null
    offset 0
) as r
inner join atomic.events as e
    on e.event_id = r.event_id
    and e.collector_tstamp = r.collector_tstamp
    and e.domain_sessionid = r.domain_sessionid
where e.domain_sessionid is not null
    and e.collector_tstamp >= cast('2024-01-01' as timestamp)
    and e.collector_tstamp >= cast(current_setting('seshat.base_limits_scan_limit') as timestamp)
    and e.collector_tstamp <= cast(current_setting('seshat.base_limits_upper_limit') as timestamp)
    and coalesce(e.dvce_sent_tstamp <= (e.dvce_created_tstamp + interval '3 day'), 1 = 1)

union all

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
            order by e.collector_tstamp, e.dvce_created_tstamp, e.derived_tstamp, e.etl_tstamp, e.page_url collate "C", e.page_title collate "C"
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
        and e.collector_tstamp >= cast('2024-01-01' as timestamp)
        and e.collector_tstamp >= cast(current_setting('seshat.base_limits_scan_limit') as timestamp)
        and e.collector_tstamp <= cast(current_setting('seshat.base_limits_upper_limit') as timestamp)
        and coalesce(e.dvce_sent_tstamp <= (e.dvce_created_tstamp + interval '3 day'), 1 = 1)
) as c
where c.copy = 1
),
handed_on__events_staged as (
select
    m.page_view_id,
    m.event_id,
    m.event_name,
    m.app_id,
    m.user_id,
    m.domain_userid,
    m.network_userid,
    m.domain_sessionid,
    m.domain_sessionidx,
    m.collector_tstamp,
    m.dvce_created_tstamp,
    m.derived_tstamp,
    m.page_url,
    m.page_title,
    m.page_urlscheme,
    m.page_urlhost,
    m.page_urlpath,
    m.page_urlquery,
    m.page_urlfragment,
    m.mkt_medium,
    m.mkt_source,
    m.mkt_term,
    m.mkt_content,
    m.mkt_campaign,
    m.mkt_clickid,
    m.mkt_network,
    m.page_referrer,
    m.refr_urlscheme,
    m.refr_urlhost,
    m.refr_urlpath,
    m.refr_urlquery,
    m.refr_urlfragment,
    m.refr_medium,
    m.refr_source,
    m.refr_term,
    m.geo_country,
    m.geo_region,
    m.geo_region_name,
    m.geo_city,
    m.geo_zipcode,
    m.geo_latitude,
    m.geo_longitude,
    m.geo_timezone,
    m.user_ipaddress,
    m.useragent,
    m.br_lang,
    m.br_viewwidth,
    m.br_viewheight,
    m.br_colordepth,
    m.br_renderengine,
    m.os_timezone,
    m.doc_width,
    m.doc_height,
    m.pp_xoffset_max,
    m.pp_yoffset_max
from (
-- The events of the sessions that were taken, until page views has consumed them.
select
    e.page_view_id,
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
    e.pp_yoffset_max
from view__events_this_run as e
) as m

union all

select
    s.page_view_id,
    s.event_id,
    s.event_name,
    s.app_id,
    s.user_id,
    s.domain_userid,
    s.network_userid,
    s.domain_sessionid,
    s.domain_sessionidx,
    s.collector_tstamp,
    s.dvce_created_tstamp,
    s.derived_tstamp,
    s.page_url,
    s.page_title,
    s.page_urlscheme,
    s.page_urlhost,
    s.page_urlpath,
    s.page_urlquery,
    s.page_urlfragment,
    s.mkt_medium,
    s.mkt_source,
    s.mkt_term,
    s.mkt_content,
    s.mkt_campaign,
    s.mkt_clickid,
    s.mkt_network,
    s.page_referrer,
    s.refr_urlscheme,
    s.refr_urlhost,
    s.refr_urlpath,
    s.refr_urlquery,
    s.refr_urlfragment,
    s.refr_medium,
    s.refr_source,
    s.refr_term,
    s.geo_country,
    s.geo_region,
    s.geo_region_name,
    s.geo_city,
    s.geo_zipcode,
    s.geo_latitude,
    s.geo_longitude,
    s.geo_timezone,
    s.user_ipaddress,
    s.useragent,
    s.br_lang,
    s.br_viewwidth,
    s.br_viewheight,
    s.br_colordepth,
    s.br_renderengine,
    s.os_timezone,
    s.doc_width,
    s.doc_height,
    s.pp_xoffset_max,
    s.pp_yoffset_max
from scratch.events_staged as s
where not exists (select 1 from scratch.base_sessions_this_run as b where b.domain_sessionid = s.domain_sessionid)
)
select * from (
-- The events that may become page views, whole, with their enrichments. The number is of no meaning: by it the row of a
-- page view is found again.
select
    row_number() over () as event_number,
    e.page_view_id,
    e.event_id,
    e.app_id,
    e.user_id,
    e.domain_userid,
    e.network_userid,
    e.domain_sessionid,
    e.domain_sessionidx,
    e.dvce_created_tstamp,
    e.collector_tstamp,
    e.derived_tstamp,
    e.doc_width,
    e.doc_height,
    e.page_title,
    e.page_url,
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
    cast(null as varchar) as category,
    cast(null as varchar) as primary_impact,
    cast(null as varchar) as reason,
    cast(null as boolean) as spider_or_robot,
    cast(null as varchar) as useragent_family,
    cast(null as varchar) as useragent_major,
    cast(null as varchar) as useragent_minor,
    cast(null as varchar) as useragent_patch,
    cast(null as varchar) as useragent_version,
    cast(null as varchar) as os_family,
    cast(null as varchar) as os_major,
    cast(null as varchar) as os_minor,
    cast(null as varchar) as os_patch,
    cast(null as varchar) as os_patch_minor,
    cast(null as varchar) as os_version,
    cast(null as varchar) as device_family,
    cast(null as varchar) as device_class,
    cast(null as varchar) as agent_class,
    cast(null as varchar) as agent_name,
    cast(null as varchar) as agent_name_version,
    cast(null as varchar) as agent_name_version_major,
    cast(null as varchar) as agent_version,
    cast(null as varchar) as agent_version_major,
    cast(null as varchar) as device_brand,
    cast(null as varchar) as device_name,
    cast(null as varchar) as device_version,
    cast(null as varchar) as layout_engine_class,
    cast(null as varchar) as layout_engine_name,
    cast(null as varchar) as layout_engine_name_version,
    cast(null as varchar) as layout_engine_name_version_major,
    cast(null as varchar) as layout_engine_version,
    cast(null as varchar) as layout_engine_version_major,
    cast(null as varchar) as operating_system_class,
    cast(null as varchar) as operating_system_name,
    cast(null as varchar) as operating_system_name_version,
    cast(null as varchar) as operating_system_version
from handed_on__events_staged as e
where e.event_name = 'page_view'
    and e.page_view_id is not null
    and e.domain_sessionid is not null
    and e.derived_tstamp is not null
) as page_view_events;

-- statistics of scratch.page_view_events
-- only if base finds something new
analyze scratch.page_view_events (page_view_id, event_number);
