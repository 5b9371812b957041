-- one transaction, only if base finds something new
begin;

-- remove the rows of page_views that are written again
delete from derived.page_views as t
using scratch.page_views_replaced as u
where t.domain_sessionid = u.domain_sessionid and (t.start_tstamp = u.start_tstamp or (t.start_tstamp is null and u.start_tstamp is null))
    and (t.start_tstamp >= (select min(r.start_tstamp) from scratch.page_views_replaced as r) or t.start_tstamp is null);

-- write the rows of page_views
insert into derived.page_views (page_view_id, event_id, app_id, user_id, domain_userid, network_userid, domain_sessionid, domain_sessionidx, page_view_in_session_index, page_views_in_session, dvce_created_tstamp, collector_tstamp, derived_tstamp, start_tstamp, end_tstamp, engaged_time_in_s, absolute_time_in_s, horizontal_pixels_scrolled, vertical_pixels_scrolled, horizontal_percentage_scrolled, vertical_percentage_scrolled, doc_width, doc_height, page_title, page_url, page_urlscheme, page_urlhost, page_urlpath, page_urlquery, page_urlfragment, mkt_medium, mkt_source, mkt_term, mkt_content, mkt_campaign, mkt_clickid, mkt_network, page_referrer, refr_urlscheme, refr_urlhost, refr_urlpath, refr_urlquery, refr_urlfragment, refr_medium, refr_source, refr_term, geo_country, geo_region, geo_region_name, geo_city, geo_zipcode, geo_latitude, geo_longitude, geo_timezone, user_ipaddress, useragent, br_lang, br_viewwidth, br_viewheight, br_colordepth, br_renderengine, os_timezone, category, primary_impact, reason, spider_or_robot, useragent_family, useragent_major, useragent_minor, useragent_patch, useragent_version, os_family, os_major, os_minor, os_patch, os_patch_minor, os_version, device_family, device_class, agent_class, agent_name, agent_name_version, agent_name_version_major, agent_version, agent_version_major, device_brand, device_name, device_version, layout_engine_class, layout_engine_name, layout_engine_name_version, layout_engine_name_version_major, layout_engine_version, layout_engine_version_major, operating_system_class, operating_system_name, operating_system_name_version, operating_system_version)
select page_view_id, event_id, app_id, user_id, domain_userid, network_userid, domain_sessionid, domain_sessionidx, page_view_in_session_index, page_views_in_session, dvce_created_tstamp, collector_tstamp, derived_tstamp, start_tstamp, end_tstamp, engaged_time_in_s, absolute_time_in_s, horizontal_pixels_scrolled, vertical_pixels_scrolled, horizontal_percentage_scrolled, vertical_percentage_scrolled, doc_width, doc_height, page_title, page_url, page_urlscheme, page_urlhost, page_urlpath, page_urlquery, page_urlfragment, mkt_medium, mkt_source, mkt_term, mkt_content, mkt_campaign, mkt_clickid, mkt_network, page_referrer, refr_urlscheme, refr_urlhost, refr_urlpath, refr_urlquery, refr_urlfragment, refr_medium, refr_source, refr_term, geo_country, geo_region, geo_region_name, geo_city, geo_zipcode, geo_latitude, geo_longitude, geo_timezone, user_ipaddress, useragent, br_lang, br_viewwidth, br_viewheight, br_colordepth, br_renderengine, os_timezone, category, primary_impact, reason, spider_or_robot, useragent_family, useragent_major, useragent_minor, useragent_patch, useragent_version, os_family, os_major, os_minor, os_patch, os_patch_minor, os_version, device_family, device_class, agent_class, agent_name, agent_name_version, agent_name_version_major, agent_version, agent_version_major, device_brand, device_name, device_version, layout_engine_class, layout_engine_name, layout_engine_name_version, layout_engine_name_version_major, layout_engine_version, layout_engine_version_major, operating_system_class, operating_system_name, operating_system_name_version, operating_system_version
from (
with view__page_views_this_run as (
-- The page views of the batch's sessions: the kept events, whole, with what was measured of each.
select
    e.page_view_id,
    e.event_id,
    e.app_id,
    e.user_id,
    e.domain_userid,
    e.network_userid,
    e.domain_sessionid,
    e.domain_sessionidx,
    m.page_view_in_session_index,
    m.page_views_in_session,
    e.dvce_created_tstamp,
    e.collector_tstamp,
    e.derived_tstamp,
    m.start_tstamp,
    m.end_tstamp,
    m.engaged_time_in_s,
    m.absolute_time_in_s,
    m.horizontal_pixels_scrolled,
    m.vertical_pixels_scrolled,
    m.horizontal_percentage_scrolled,
    m.vertical_percentage_scrolled,
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
    e.category,
    e.primary_impact,
    e.reason,
    e.spider_or_robot,
    e.useragent_family,
    e.useragent_major,
    e.useragent_minor,
    e.useragent_patch,
    e.useragent_version,
    e.os_family,
    e.os_major,
    e.os_minor,
    e.os_patch,
    e.os_patch_minor,
    e.os_version,
    e.device_family,
    e.device_class,
    e.agent_class,
    e.agent_name,
    e.agent_name_version,
    e.agent_name_version_major,
    e.agent_version,
    e.agent_version_major,
    e.device_brand,
    e.device_name,
    e.device_version,
    e.layout_engine_class,
    e.layout_engine_name,
    e.layout_engine_name_version,
    e.layout_engine_name_version_major,
    e.layout_engine_version,
    e.layout_engine_version_major,
    e.operating_system_class,
    e.operating_system_name,
    e.operating_system_name_version,
    e.operating_system_version
from scratch.page_views_measured as m
inner join scratch.page_view_events as e on e.event_number = m.event_number
)
select * from (
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
from view__page_views_this_run as r
) as page_views
) as rows_this_run;

-- remove the rows of page_views_staged that are written again
delete from scratch.page_views_staged as t
using scratch.page_views_batch as u
where t.domain_sessionid = u.domain_sessionid;

-- write the rows of page_views_staged
insert into scratch.page_views_staged (page_view_id, event_id, app_id, user_id, domain_userid, network_userid, domain_sessionid, domain_sessionidx, page_view_in_session_index, page_views_in_session, dvce_created_tstamp, collector_tstamp, derived_tstamp, start_tstamp, end_tstamp, engaged_time_in_s, absolute_time_in_s, horizontal_pixels_scrolled, vertical_pixels_scrolled, horizontal_percentage_scrolled, vertical_percentage_scrolled, doc_width, doc_height, page_title, page_url, page_urlscheme, page_urlhost, page_urlpath, page_urlquery, page_urlfragment, mkt_medium, mkt_source, mkt_term, mkt_content, mkt_campaign, mkt_clickid, mkt_network, page_referrer, refr_urlscheme, refr_urlhost, refr_urlpath, refr_urlquery, refr_urlfragment, refr_medium, refr_source, refr_term, geo_country, geo_region, geo_region_name, geo_city, geo_zipcode, geo_latitude, geo_longitude, geo_timezone, user_ipaddress, useragent, br_lang, br_viewwidth, br_viewheight, br_colordepth, br_renderengine, os_timezone, category, primary_impact, reason, spider_or_robot, useragent_family, useragent_major, useragent_minor, useragent_patch, useragent_version, os_family, os_major, os_minor, os_patch, os_patch_minor, os_version, device_family, device_class, agent_class, agent_name, agent_name_version, agent_name_version_major, agent_version, agent_version_major, device_brand, device_name, device_version, layout_engine_class, layout_engine_name, layout_engine_name_version, layout_engine_name_version_major, layout_engine_version, layout_engine_version_major, operating_system_class, operating_system_name, operating_system_name_version, operating_system_version)
select page_view_id, event_id, app_id, user_id, domain_userid, network_userid, domain_sessionid, domain_sessionidx, page_view_in_session_index, page_views_in_session, dvce_created_tstamp, collector_tstamp, derived_tstamp, start_tstamp, end_tstamp, engaged_time_in_s, absolute_time_in_s, horizontal_pixels_scrolled, vertical_pixels_scrolled, horizontal_percentage_scrolled, vertical_percentage_scrolled, doc_width, doc_height, page_title, page_url, page_urlscheme, page_urlhost, page_urlpath, page_urlquery, page_urlfragment, mkt_medium, mkt_source, mkt_term, mkt_content, mkt_campaign, mkt_clickid, mkt_network, page_referrer, refr_urlscheme, refr_urlhost, refr_urlpath, refr_urlquery, refr_urlfragment, refr_medium, refr_source, refr_term, geo_country, geo_region, geo_region_name, geo_city, geo_zipcode, geo_latitude, geo_longitude, geo_timezone, user_ipaddress, useragent, br_lang, br_viewwidth, br_viewheight, br_colordepth, br_renderengine, os_timezone, category, primary_impact, reason, spider_or_robot, useragent_family, useragent_major, useragent_minor, useragent_patch, useragent_version, os_family, os_major, os_minor, os_patch, os_patch_minor, os_version, device_family, device_class, agent_class, agent_name, agent_name_version, agent_name_version_major, agent_version, agent_version_major, device_brand, device_name, device_version, layout_engine_class, layout_engine_name, layout_engine_name_version, layout_engine_name_version_major, layout_engine_version, layout_engine_version_major, operating_system_class, operating_system_name, operating_system_name_version, operating_system_version
from (
with view__page_views_this_run as (
-- The page views of the batch's sessions: the kept events, whole, with what was measured of each.
select
    e.page_view_id,
    e.event_id,
    e.app_id,
    e.user_id,
    e.domain_userid,
    e.network_userid,
    e.domain_sessionid,
    e.domain_sessionidx,
    m.page_view_in_session_index,
    m.page_views_in_session,
    e.dvce_created_tstamp,
    e.collector_tstamp,
    e.derived_tstamp,
    m.start_tstamp,
    m.end_tstamp,
    m.engaged_time_in_s,
    m.absolute_time_in_s,
    m.horizontal_pixels_scrolled,
    m.vertical_pixels_scrolled,
    m.horizontal_percentage_scrolled,
    m.vertical_percentage_scrolled,
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
    e.category,
    e.primary_impact,
    e.reason,
    e.spider_or_robot,
    e.useragent_family,
    e.useragent_major,
    e.useragent_minor,
    e.useragent_patch,
    e.useragent_version,
    e.os_family,
    e.os_major,
    e.os_minor,
    e.os_patch,
    e.os_patch_minor,
    e.os_version,
    e.device_family,
    e.device_class,
    e.agent_class,
    e.agent_name,
    e.agent_name_version,
    e.agent_name_version_major,
    e.agent_version,
    e.agent_version_major,
    e.device_brand,
    e.device_name,
    e.device_version,
    e.layout_engine_class,
    e.layout_engine_name,
    e.layout_engine_name_version,
    e.layout_engine_name_version_major,
    e.layout_engine_version,
    e.layout_engine_version_major,
    e.operating_system_class,
    e.operating_system_name,
    e.operating_system_name_version,
    e.operating_system_version
from scratch.page_views_measured as m
inner join scratch.page_view_events as e on e.event_number = m.event_number
)
select * from (
-- The same sessions, for the next module.
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
from view__page_views_this_run as r
) as page_views_staged
) as rows_this_run;

-- forget what was noted of these groups
delete from scratch.page_views_staged_removed as t
using scratch.page_views_batch as u
where t.domain_sessionid = u.domain_sessionid;

-- note the groups that are left without rows in page_views_staged
insert into scratch.page_views_staged_removed (domain_sessionid)
select b.domain_sessionid
from scratch.page_views_batch as b
where b.domain_sessionid is not null

except

select s.domain_sessionid
from scratch.page_views_staged as s;

-- remove what events_staged holds of the groups that were handed on
delete from scratch.events_staged as t
using scratch.base_sessions_this_run as u
where t.domain_sessionid = u.domain_sessionid;

-- remove what events_staged_removed holds of the groups that were handed on
delete from scratch.events_staged_removed as t
using scratch.base_sessions_this_run as u
where t.domain_sessionid = u.domain_sessionid;

-- remove the metadata of page_views for this run
delete from derived.datamodel_metadata
where run_id in (select run_id from scratch.page_views_metadata_this_run) and module = 'page_views';

-- write the metadata of page_views
insert into derived.datamodel_metadata (run_id, model_version, model, module, run_start_tstamp, run_end_tstamp, rows_this_run, distinct_key, distinct_key_count, time_key, min_time_key, max_time_key, duplicate_rows_removed, distinct_keys_removed)
select m.run_id, '1.0.0', 'web', 'page_views', m.run_start_tstamp, (clock_timestamp() at time zone 'utc'),
    r.rows_this_run, 'page_view_id', r.distinct_key_count, 'start_tstamp', r.min_time_key, r.max_time_key,
    d.rows_removed, d.keys_removed
from scratch.page_views_metadata_this_run as m
cross join (
    select cast(coalesce(sum(k.key_rows), 0) as integer) as rows_this_run, count(k.page_view_id) as distinct_key_count,
        min(k.min_time) as min_time_key, max(k.max_time) as max_time_key
    from (
        select page_view_id, count(*) as key_rows, min(start_tstamp) as min_time, max(start_tstamp) as max_time
        from scratch.page_views_measured
        group by page_view_id
    ) as k
) as r
cross join (
    select cast(coalesce(sum(copies - kept), 0) as integer) as rows_removed,
        cast(coalesce(sum(case when kept = 0 then 1 else 0 end), 0) as integer) as keys_removed
    from scratch.page_view_duplicates
) as d;

-- note that page_views has committed
update scratch.page_views_metadata_this_run
set committed = true;

-- note that base has committed
update scratch.base_metadata_this_run
set committed = true;

commit;

-- write the metadata of page_views: nothing new
-- only if base finds nothing new
insert into derived.datamodel_metadata (run_id, model_version, model, module, run_start_tstamp, run_end_tstamp, rows_this_run, distinct_key, distinct_key_count, time_key, duplicate_rows_removed, distinct_keys_removed)
select m.run_id, '1.0.0', 'web', 'page_views', (clock_timestamp() at time zone 'utc'), (clock_timestamp() at time zone 'utc'),
    0, 'page_view_id', 0, 'start_tstamp', 0, 0
from scratch.metadata_run_id as m;

-- index page_views
-- only if missing: derived.page_views_page_view_id_idx
create index if not exists page_views_page_view_id_idx on derived.page_views (page_view_id);

-- index page_views
-- only if missing: derived.page_views_domain_sessionid_idx
create index if not exists page_views_domain_sessionid_idx on derived.page_views (domain_sessionid);

-- index page_views
-- only if missing: derived.page_views_start_tstamp_idx
create index if not exists page_views_start_tstamp_idx on derived.page_views (start_tstamp);

-- statistics of derived.page_views
-- only if base finds something new
-- only if: select pg_relation_size(c.oid) > 1.1 * c.relpages * current_setting('block_size')::int from pg_class as c where c.oid = to_regclass('derived.page_views')
analyze derived.page_views (page_view_id, domain_sessionid, start_tstamp);
