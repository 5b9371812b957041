-- drop scratch.page_views_this_run_test of an earlier run
-- only if page_views finds something new
-- only if there: scratch.page_views_this_run_test
drop table if exists scratch.page_views_this_run_test;

-- build page_views_this_run
-- only if page_views finds something new
create unlogged table scratch.page_views_this_run_test as
with page_view_events as (
    select
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
        row_number() over (partition by e.page_view_id order by e.derived_tstamp, e.dvce_created_tstamp, e.collector_tstamp, e.event_id collate "C", e.page_view_id collate "C") as copy,
        count(*) over (partition by e.page_view_id) as copies
    from scratch.events_staged_test as e
    where e.event_name = 'page_view'
        and e.page_view_id is not null
        and e.domain_sessionid is not null
        and e.derived_tstamp is not null
        and not exists (select 1 from scratch.page_view_bots_test as bot where bot.useragent = e.useragent)
),

-- A page view id that stands in production in a session outside of this batch stays there.
page_views_standing as (
    select p.page_view_id
    from derived.page_views_test as p
    left join scratch.page_views_batch_test as b on b.domain_sessionid = p.domain_sessionid
    where p.page_view_id in (
            select e.page_view_id
            from scratch.events_staged_test as e
            where e.event_name = 'page_view'
                and e.page_view_id is not null
                and e.domain_sessionid is not null
                and e.derived_tstamp is not null
                and not exists (select 1 from scratch.page_view_bots_test as bot where bot.useragent = e.useragent)
        )
        and b.domain_sessionid is null
),

-- Copies go before page views are numbered, else their numbers would have gaps.
page_views_kept as (
    select
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
        row_number() over (partition by e.domain_sessionid order by e.derived_tstamp, e.dvce_created_tstamp, e.collector_tstamp, e.event_id collate "C", e.page_view_id collate "C") as page_view_in_session_index,
        count(*) over (partition by e.domain_sessionid) as page_views_in_session
    from page_view_events as e
    left join page_views_standing as p on p.page_view_id = e.page_view_id
    where e.copy = 1
        and p.page_view_id is null
),

-- Page pings belong to a page view only within its own session: an id can turn up in another.
pings as (
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
        from scratch.events_staged_test as e
        where e.event_name = 'page_ping'
            and e.page_view_id is not null
            and e.derived_tstamp is not null
        group by
            e.page_view_id,
            e.domain_sessionid,
            floor(floor(date_part('epoch', e.derived_tstamp)) / cast(10 as double precision))
    ) as p
    group by
        p.page_view_id,
        p.domain_sessionid
),

scrolled as (
    select
        e.page_view_id,
        e.domain_sessionid,
        max(e.doc_width) as doc_width,
        max(e.doc_height) as doc_height,
        greatest(max(coalesce(e.pp_xoffset_max, 0)), 0) as x_offset,
        greatest(max(coalesce(e.pp_yoffset_max, 0)), 0) as y_offset,
        max(coalesce(e.br_viewwidth, 0)) as view_width,
        max(coalesce(e.br_viewheight, 0)) as view_height
    from scratch.events_staged_test as e
    where e.event_name in ('page_view', 'page_ping')
        and e.page_view_id is not null
        and e.doc_width > 0
        and e.doc_height > 0
    group by
        e.page_view_id,
        e.domain_sessionid
),

measured as (
    select
        s.page_view_id,
        s.domain_sessionid,
        s.doc_width,
        s.doc_height,
        least(s.x_offset, s.doc_width) as x_pixels,
        least(s.y_offset, s.doc_height) as y_pixels,
        s.view_width,
        s.view_height
    from scrolled as s
)

select
    k.page_view_id,
    k.event_id,
    k.app_id,
    k.user_id,
    k.domain_userid,
    k.network_userid,
    k.domain_sessionid,
    k.domain_sessionidx,
    cast(k.page_view_in_session_index as integer) as page_view_in_session_index,
    cast(k.page_views_in_session as integer) as page_views_in_session,
    k.dvce_created_tstamp,
    k.collector_tstamp,
    k.derived_tstamp,
    k.derived_tstamp as start_tstamp,
    case when p.last_ping > k.derived_tstamp then p.last_ping else k.derived_tstamp end as end_tstamp,
    cast(coalesce(10 * (p.beats - 1) + 5, 0) as integer) as engaged_time_in_s,
    case when p.last_ping > k.derived_tstamp then cast(floor(date_part('epoch', p.last_ping)) - floor(date_part('epoch', k.derived_tstamp)) as integer) else 0 end as absolute_time_in_s,
    m.x_pixels as horizontal_pixels_scrolled,
    m.y_pixels as vertical_pixels_scrolled,
    floor(100 * least(cast(m.x_pixels as double precision) + m.view_width, m.doc_width) / m.doc_width + 0.5) as horizontal_percentage_scrolled,
    floor(100 * least(cast(m.y_pixels as double precision) + m.view_height, m.doc_height) / m.doc_height + 0.5) as vertical_percentage_scrolled,
    k.doc_width,
    k.doc_height,
    k.page_title,
    k.page_url,
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
from page_views_kept as k
left join pings as p on p.page_view_id = k.page_view_id and p.domain_sessionid = k.domain_sessionid
left join measured as m on m.page_view_id = k.page_view_id and m.domain_sessionid = k.domain_sessionid;

-- statistics of scratch.page_views_this_run_test
-- only if page_views finds something new
analyze scratch.page_views_this_run_test (page_view_id);
