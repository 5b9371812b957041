-- drop scratch.page_views_limits_test of an earlier run
-- only if base finds something new
-- only if there: scratch.page_views_limits_test
drop table if exists scratch.page_views_limits_test;

-- how far back page_views is searched
-- only if base finds something new
create unlogged table scratch.page_views_limits_test as
select
    min(start_tstamp) as batch_start,
    min(start_tstamp) + interval '-30 days' as lower_limit
from (
-- The batch's sessions take the place of the production table's.
select
    r.page_view_id,
    r.event_id,
    r.app_id,
    r.user_id,
    r.domain_userid,
    r.network_userid,
    r.domain_sessionid,
    r.domain_sessionidx,
    r.page_view_in_session_index,
    r.page_views_in_session,
    r.dvce_created_tstamp,
    r.collector_tstamp,
    r.derived_tstamp,
    r.start_tstamp,
    r.end_tstamp,
    r.engaged_time_in_s,
    r.absolute_time_in_s,
    r.horizontal_pixels_scrolled,
    r.vertical_pixels_scrolled,
    r.horizontal_percentage_scrolled,
    r.vertical_percentage_scrolled,
    r.doc_width,
    r.doc_height,
    r.page_title,
    r.page_url,
    r.page_urlscheme,
    r.page_urlhost,
    r.page_urlpath,
    r.page_urlquery,
    r.page_urlfragment,
    r.mkt_medium,
    r.mkt_source,
    r.mkt_term,
    r.mkt_content,
    r.mkt_campaign,
    r.mkt_clickid,
    r.mkt_network,
    r.page_referrer,
    r.refr_urlscheme,
    r.refr_urlhost,
    r.refr_urlpath,
    r.refr_urlquery,
    r.refr_urlfragment,
    r.refr_medium,
    r.refr_source,
    r.refr_term,
    r.geo_country,
    r.geo_region,
    r.geo_region_name,
    r.geo_city,
    r.geo_zipcode,
    r.geo_latitude,
    r.geo_longitude,
    r.geo_timezone,
    r.user_ipaddress,
    r.useragent,
    r.br_lang,
    r.br_viewwidth,
    r.br_viewheight,
    r.br_colordepth,
    r.br_renderengine,
    r.os_timezone,
    r.category,
    r.primary_impact,
    r.reason,
    r.spider_or_robot,
    r.useragent_family,
    r.useragent_major,
    r.useragent_minor,
    r.useragent_patch,
    r.useragent_version,
    r.os_family,
    r.os_major,
    r.os_minor,
    r.os_patch,
    r.os_patch_minor,
    r.os_version,
    r.device_family,
    r.device_class,
    r.agent_class,
    r.agent_name,
    r.agent_name_version,
    r.agent_name_version_major,
    r.agent_version,
    r.agent_version_major,
    r.device_brand,
    r.device_name,
    r.device_version,
    r.layout_engine_class,
    r.layout_engine_name,
    r.layout_engine_name_version,
    r.layout_engine_name_version_major,
    r.layout_engine_version,
    r.layout_engine_version_major,
    r.operating_system_class,
    r.operating_system_name,
    r.operating_system_name_version,
    r.operating_system_version
from scratch.page_views_this_run_test as r
) as rows_this_run;

-- statistics of scratch.page_views_limits_test
-- only if base finds something new
-- only if there are rows
analyze scratch.page_views_limits_test;

-- drop scratch.page_views_replaced_test of an earlier run
-- only if base finds something new
-- only if there: scratch.page_views_replaced_test
drop table if exists scratch.page_views_replaced_test;

-- find the rows of page_views to replace
-- only if base finds something new
create unlogged table scratch.page_views_replaced_test as
select
    t.domain_sessionid,
    t.start_tstamp
from derived.page_views_test as t
where t.domain_sessionid in (select b.domain_sessionid from scratch.page_views_batch_test as b);

-- statistics of scratch.page_views_replaced_test
-- only if base finds something new
-- only if there are rows
analyze scratch.page_views_replaced_test (domain_sessionid, start_tstamp);

-- rows of page_views to replace that stand outside the lookback window (lookback-miss-warning if it returns a row)
-- only if base finds something new
select 'page_views' as table_name, o.rows_outside, o.earliest, o.batch_start
from (
    select count(*) as rows_outside, min(r.start_tstamp) as earliest, max(l.batch_start) as batch_start
    from scratch.page_views_replaced_test as r
    cross join scratch.page_views_limits_test as l
    where r.start_tstamp < l.lower_limit
) as o
where o.rows_outside > 0;
