-- drop scratch.sessions_limits of an earlier run
-- only if sessions finds something new
-- only if there: scratch.sessions_limits
drop table if exists scratch.sessions_limits;

-- how far back sessions is searched
-- only if sessions finds something new
create unlogged table scratch.sessions_limits as
select
    min(start_tstamp) as batch_start,
    min(start_tstamp) + interval '-30 days' as lower_limit
from (
-- The batch's sessions take the place of the production table's.
select
    r.app_id,
    r.domain_sessionid,
    r.domain_sessionidx,
    r.start_tstamp,
    r.end_tstamp,
    r.user_id,
    r.domain_userid,
    r.network_userid,
    r.page_views,
    r.engaged_time_in_s,
    r.absolute_time_in_s,
    r.first_page_title,
    r.first_page_url,
    r.first_page_urlscheme,
    r.first_page_urlhost,
    r.first_page_urlpath,
    r.first_page_urlquery,
    r.first_page_urlfragment,
    r.last_page_title,
    r.last_page_url,
    r.last_page_urlscheme,
    r.last_page_urlhost,
    r.last_page_urlpath,
    r.last_page_urlquery,
    r.last_page_urlfragment,
    r.referrer,
    r.refr_urlscheme,
    r.refr_urlhost,
    r.refr_urlpath,
    r.refr_urlquery,
    r.refr_urlfragment,
    r.refr_medium,
    r.refr_source,
    r.refr_term,
    r.mkt_medium,
    r.mkt_source,
    r.mkt_term,
    r.mkt_content,
    r.mkt_campaign,
    r.mkt_clickid,
    r.mkt_network,
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
    r.br_renderengine,
    r.br_lang,
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
from scratch.sessions_this_run as r
) as rows_this_run;

-- statistics of scratch.sessions_limits
-- only if sessions finds something new
-- only if there are rows
analyze scratch.sessions_limits;

-- drop scratch.sessions_replaced of an earlier run
-- only if sessions finds something new
-- only if there: scratch.sessions_replaced
drop table if exists scratch.sessions_replaced;

-- find the rows of sessions to replace
-- only if sessions finds something new
create unlogged table scratch.sessions_replaced as
select
    t.domain_sessionid,
    t.start_tstamp,
    t.domain_userid
from derived.sessions as t
where t.domain_sessionid in (select b.domain_sessionid from scratch.sessions_batch as b);

-- statistics of scratch.sessions_replaced
-- only if sessions finds something new
-- only if there are rows
analyze scratch.sessions_replaced (domain_sessionid, start_tstamp);

-- rows of sessions to replace that stand outside the lookback window (lookback-miss-warning if it returns a row)
-- only if sessions finds something new
select 'sessions' as table_name, o.rows_outside, o.earliest, o.batch_start
from (
    select count(*) as rows_outside, min(r.start_tstamp) as earliest, max(l.batch_start) as batch_start
    from scratch.sessions_replaced as r
    cross join scratch.sessions_limits as l
    where r.start_tstamp < l.lower_limit
) as o
where o.rows_outside > 0;
