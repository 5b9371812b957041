-- one transaction, only if sessions finds something new
begin;

-- remove the rows of sessions that are written again
delete from derived.sessions as t
using scratch.sessions_replaced as u
where t.domain_sessionid = u.domain_sessionid and (t.start_tstamp = u.start_tstamp or (t.start_tstamp is null and u.start_tstamp is null))
    and (t.start_tstamp >= (select min(r.start_tstamp) from scratch.sessions_replaced as r) or t.start_tstamp is null);

-- write the rows of sessions
insert into derived.sessions (app_id, domain_sessionid, domain_sessionidx, start_tstamp, end_tstamp, user_id, domain_userid, network_userid, page_views, engaged_time_in_s, absolute_time_in_s, first_page_title, first_page_url, first_page_urlscheme, first_page_urlhost, first_page_urlpath, first_page_urlquery, first_page_urlfragment, last_page_title, last_page_url, last_page_urlscheme, last_page_urlhost, last_page_urlpath, last_page_urlquery, last_page_urlfragment, referrer, refr_urlscheme, refr_urlhost, refr_urlpath, refr_urlquery, refr_urlfragment, refr_medium, refr_source, refr_term, mkt_medium, mkt_source, mkt_term, mkt_content, mkt_campaign, mkt_clickid, mkt_network, geo_country, geo_region, geo_region_name, geo_city, geo_zipcode, geo_latitude, geo_longitude, geo_timezone, user_ipaddress, useragent, br_renderengine, br_lang, os_timezone, category, primary_impact, reason, spider_or_robot, useragent_family, useragent_major, useragent_minor, useragent_patch, useragent_version, os_family, os_major, os_minor, os_patch, os_patch_minor, os_version, device_family, device_class, agent_class, agent_name, agent_name_version, agent_name_version_major, agent_version, agent_version_major, device_brand, device_name, device_version, layout_engine_class, layout_engine_name, layout_engine_name_version, layout_engine_name_version_major, layout_engine_version, layout_engine_version_major, operating_system_class, operating_system_name, operating_system_name_version, operating_system_version)
select app_id, domain_sessionid, domain_sessionidx, start_tstamp, end_tstamp, user_id, domain_userid, network_userid, page_views, engaged_time_in_s, absolute_time_in_s, first_page_title, first_page_url, first_page_urlscheme, first_page_urlhost, first_page_urlpath, first_page_urlquery, first_page_urlfragment, last_page_title, last_page_url, last_page_urlscheme, last_page_urlhost, last_page_urlpath, last_page_urlquery, last_page_urlfragment, referrer, refr_urlscheme, refr_urlhost, refr_urlpath, refr_urlquery, refr_urlfragment, refr_medium, refr_source, refr_term, mkt_medium, mkt_source, mkt_term, mkt_content, mkt_campaign, mkt_clickid, mkt_network, geo_country, geo_region, geo_region_name, geo_city, geo_zipcode, geo_latitude, geo_longitude, geo_timezone, user_ipaddress, useragent, br_renderengine, br_lang, os_timezone, category, primary_impact, reason, spider_or_robot, useragent_family, useragent_major, useragent_minor, useragent_patch, useragent_version, os_family, os_major, os_minor, os_patch, os_patch_minor, os_version, device_family, device_class, agent_class, agent_name, agent_name_version, agent_name_version_major, agent_version, agent_version_major, device_brand, device_name, device_version, layout_engine_class, layout_engine_name, layout_engine_name_version, layout_engine_name_version_major, layout_engine_version, layout_engine_version_major, operating_system_class, operating_system_name, operating_system_name_version, operating_system_version
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

-- remove the rows of sessions_userid_manifest_staged that are written again
delete from scratch.sessions_userid_manifest_staged as t
using scratch.sessions_userid_manifest_staged_rows as u
where t.domain_userid = u.domain_userid;

-- write the rows of sessions_userid_manifest_staged
insert into scratch.sessions_userid_manifest_staged (domain_userid, start_tstamp)
select domain_userid, start_tstamp
from scratch.sessions_userid_manifest_staged_rows as rows_this_run;

-- remove the metadata of sessions for this run
delete from derived.datamodel_metadata
where run_id in (select run_id from scratch.sessions_metadata_this_run) and module = 'sessions';

-- write the metadata of sessions
insert into derived.datamodel_metadata (run_id, model_version, model, module, run_start_tstamp, run_end_tstamp, rows_this_run, distinct_key, distinct_key_count, time_key, min_time_key, max_time_key, duplicate_rows_removed, distinct_keys_removed)
select m.run_id, '1.0.0', 'web', 'sessions', m.run_start_tstamp, (clock_timestamp() at time zone 'utc'),
    r.rows_this_run, 'domain_sessionid', r.distinct_key_count, 'start_tstamp', r.min_time_key, r.max_time_key,
    0, 0
from scratch.sessions_metadata_this_run as m
cross join (
    select cast(coalesce(sum(k.key_rows), 0) as integer) as rows_this_run, count(k.domain_sessionid) as distinct_key_count,
        min(k.min_time) as min_time_key, max(k.max_time) as max_time_key
    from (
        select domain_sessionid, count(*) as key_rows, min(start_tstamp) as min_time, max(start_tstamp) as max_time
        from scratch.sessions_this_run
        group by domain_sessionid
    ) as k
) as r;

-- note that sessions has committed
update scratch.sessions_metadata_this_run
set committed = true;

commit;

-- write the metadata of sessions: nothing new
-- only if sessions finds nothing new
insert into derived.datamodel_metadata (run_id, model_version, model, module, run_start_tstamp, run_end_tstamp, rows_this_run, distinct_key, distinct_key_count, time_key, duplicate_rows_removed, distinct_keys_removed)
select m.run_id, '1.0.0', 'web', 'sessions', (clock_timestamp() at time zone 'utc'), (clock_timestamp() at time zone 'utc'),
    0, 'domain_sessionid', 0, 'start_tstamp', 0, 0
from scratch.metadata_run_id as m;

-- index sessions
-- only if missing: derived.sessions_domain_sessionid_idx
create index if not exists sessions_domain_sessionid_idx on derived.sessions (domain_sessionid);

-- index sessions
-- only if missing: derived.sessions_start_tstamp_idx
create index if not exists sessions_start_tstamp_idx on derived.sessions (start_tstamp);

-- index sessions
-- only if missing: derived.sessions_domain_userid_idx
create index if not exists sessions_domain_userid_idx on derived.sessions (domain_userid);

-- statistics of derived.sessions
-- only if sessions finds something new
-- only if: select pg_relation_size(c.oid) > 1.1 * c.relpages * current_setting('block_size')::int from pg_class as c where c.oid = to_regclass('derived.sessions')
analyze derived.sessions (domain_sessionid, start_tstamp, domain_userid);
