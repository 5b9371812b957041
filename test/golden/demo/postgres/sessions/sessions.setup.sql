-- drop scratch.sessions_metadata_this_run of an earlier run
-- only if there: scratch.sessions_metadata_this_run
drop table if exists scratch.sessions_metadata_this_run;

-- the table sessions, where it is missing
-- only if missing: derived.sessions
create table if not exists derived.sessions (
    app_id varchar(255),
    domain_sessionid varchar(128),
    domain_sessionidx int,
    start_tstamp timestamp,
    end_tstamp timestamp,
    user_id varchar(255),
    domain_userid varchar(128),
    network_userid varchar(128),
    page_views int,
    engaged_time_in_s int,
    absolute_time_in_s int,
    first_page_title varchar(2000),
    first_page_url varchar(4096),
    first_page_urlscheme varchar(16),
    first_page_urlhost varchar(255),
    first_page_urlpath varchar(3000),
    first_page_urlquery varchar(6000),
    first_page_urlfragment varchar(3000),
    last_page_title varchar(2000),
    last_page_url varchar(4096),
    last_page_urlscheme varchar(16),
    last_page_urlhost varchar(255),
    last_page_urlpath varchar(3000),
    last_page_urlquery varchar(6000),
    last_page_urlfragment varchar(3000),
    referrer varchar(4096),
    refr_urlscheme varchar(16),
    refr_urlhost varchar(255),
    refr_urlpath varchar(6000),
    refr_urlquery varchar(6000),
    refr_urlfragment varchar(3000),
    refr_medium varchar(25),
    refr_source varchar(50),
    refr_term varchar(255),
    mkt_medium varchar(255),
    mkt_source varchar(255),
    mkt_term varchar(255),
    mkt_content varchar(500),
    mkt_campaign varchar(255),
    mkt_clickid varchar(128),
    mkt_network varchar(64),
    geo_country varchar(2),
    geo_region varchar(3),
    geo_region_name varchar(100),
    geo_city varchar(75),
    geo_zipcode varchar(15),
    geo_latitude double precision,
    geo_longitude double precision,
    geo_timezone varchar(64),
    user_ipaddress varchar(128),
    useragent varchar(1000),
    br_renderengine varchar(50),
    br_lang varchar(255),
    os_timezone varchar(255),
    category varchar,
    primary_impact varchar,
    reason varchar,
    spider_or_robot boolean,
    useragent_family varchar,
    useragent_major varchar,
    useragent_minor varchar,
    useragent_patch varchar,
    useragent_version varchar,
    os_family varchar,
    os_major varchar,
    os_minor varchar,
    os_patch varchar,
    os_patch_minor varchar,
    os_version varchar,
    device_family varchar,
    device_class varchar,
    agent_class varchar,
    agent_name varchar,
    agent_name_version varchar,
    agent_name_version_major varchar,
    agent_version varchar,
    agent_version_major varchar,
    device_brand varchar,
    device_name varchar,
    device_version varchar,
    layout_engine_class varchar,
    layout_engine_name varchar,
    layout_engine_name_version varchar,
    layout_engine_name_version_major varchar,
    layout_engine_version varchar,
    layout_engine_version_major varchar,
    operating_system_class varchar,
    operating_system_name varchar,
    operating_system_name_version varchar,
    operating_system_version varchar
);

-- the table sessions_userid_manifest_staged, where it is missing
-- only if missing: scratch.sessions_userid_manifest_staged
create table if not exists scratch.sessions_userid_manifest_staged (
    domain_userid varchar(128),
    start_tstamp timestamp
);

-- the table page_views_staged_removed, where it is missing
-- only if missing: scratch.page_views_staged_removed
create table if not exists scratch.page_views_staged_removed (
    domain_sessionid varchar(128)
);

-- whether sessions has nothing to do
-- only if there: derived.page_views
select not exists (select 1 from scratch.page_views_staged)
    and not exists (select 1 from scratch.page_views_staged_removed)
    and not exists (select 1 from derived.datamodel_metadata as m inner join scratch.metadata_run_id as r on r.run_id = m.run_id where m.module = 'sessions')
    and exists (select 1 from derived.inherited_rows as i where i.table_name = 'sessions')
    and (not exists (select 1 from derived.page_views) or not not exists (select 1 from derived.sessions));

-- whether sessions has nothing to do
-- only if missing: derived.page_views
select not exists (select 1 from scratch.page_views_staged)
    and not exists (select 1 from scratch.page_views_staged_removed)
    and not exists (select 1 from derived.datamodel_metadata as m inner join scratch.metadata_run_id as r on r.run_id = m.run_id where m.module = 'sessions')
    and exists (select 1 from derived.inherited_rows as i where i.table_name = 'sessions');

-- when sessions began
-- only if sessions finds something new
-- only if missing: scratch.sessions_metadata_this_run
create table if not exists scratch.sessions_metadata_this_run (
    run_id timestamp,
    run_start_tstamp timestamp,
    committed boolean
);

-- note that sessions has begun
-- only if sessions finds something new
insert into scratch.sessions_metadata_this_run (run_id, run_start_tstamp, committed)
select max(run_id), (clock_timestamp() at time zone 'utc'), false
from scratch.metadata_run_id;

-- note the rows of sessions that are there already
-- only if sessions finds something new
insert into derived.inherited_rows (table_name, newest_tstamp, noted_tstamp)
select t.table_name, t.newest_tstamp, (clock_timestamp() at time zone 'utc')
from (
    select cast('sessions' as varchar(255)) as table_name, max(start_tstamp) as newest_tstamp
    from derived.sessions
) as t
where not exists (select 1 from derived.inherited_rows as i where i.table_name = 'sessions');

-- statistics of derived.page_views
-- only if sessions finds something new
-- only if there: derived.page_views
-- only if: select not exists (select 1 from derived.sessions)
-- only if: select exists (select 1 from derived.page_views)
-- only if: select pg_relation_size(c.oid) > 1.1 * c.relpages * current_setting('block_size')::int from pg_class as c where c.oid = to_regclass('derived.page_views')
analyze derived.page_views (page_view_id, domain_sessionid, start_tstamp);

-- statistics of scratch.page_views_staged
-- only if sessions finds something new
-- only if there: derived.page_views
-- only if: select not exists (select 1 from derived.sessions)
-- only if: select exists (select 1 from derived.page_views)
-- only if: select pg_relation_size(c.oid) > 1.1 * c.relpages * current_setting('block_size')::int from pg_class as c where c.oid = to_regclass('scratch.page_views_staged')
analyze scratch.page_views_staged (domain_sessionid, start_tstamp);

-- bring sessions up to date from page_views, if it is new here
-- only if sessions finds something new
-- only if there: derived.page_views
-- only if: select not exists (select 1 from derived.sessions)
-- only if: select exists (select 1 from derived.page_views)
insert into scratch.page_views_staged (page_view_id, event_id, app_id, user_id, domain_userid, network_userid, domain_sessionid, domain_sessionidx, page_view_in_session_index, page_views_in_session, dvce_created_tstamp, collector_tstamp, derived_tstamp, start_tstamp, end_tstamp, engaged_time_in_s, absolute_time_in_s, horizontal_pixels_scrolled, vertical_pixels_scrolled, horizontal_percentage_scrolled, vertical_percentage_scrolled, doc_width, doc_height, page_title, page_url, page_urlscheme, page_urlhost, page_urlpath, page_urlquery, page_urlfragment, mkt_medium, mkt_source, mkt_term, mkt_content, mkt_campaign, mkt_clickid, mkt_network, page_referrer, refr_urlscheme, refr_urlhost, refr_urlpath, refr_urlquery, refr_urlfragment, refr_medium, refr_source, refr_term, geo_country, geo_region, geo_region_name, geo_city, geo_zipcode, geo_latitude, geo_longitude, geo_timezone, user_ipaddress, useragent, br_lang, br_viewwidth, br_viewheight, br_colordepth, br_renderengine, os_timezone, category, primary_impact, reason, spider_or_robot, useragent_family, useragent_major, useragent_minor, useragent_patch, useragent_version, os_family, os_major, os_minor, os_patch, os_patch_minor, os_version, device_family, device_class, agent_class, agent_name, agent_name_version, agent_name_version_major, agent_version, agent_version_major, device_brand, device_name, device_version, layout_engine_class, layout_engine_name, layout_engine_name_version, layout_engine_name_version_major, layout_engine_version, layout_engine_version_major, operating_system_class, operating_system_name, operating_system_name_version, operating_system_version)
select h.page_view_id, h.event_id, h.app_id, h.user_id, h.domain_userid, h.network_userid, h.domain_sessionid, h.domain_sessionidx, h.page_view_in_session_index, h.page_views_in_session, h.dvce_created_tstamp, h.collector_tstamp, h.derived_tstamp, h.start_tstamp, h.end_tstamp, h.engaged_time_in_s, h.absolute_time_in_s, h.horizontal_pixels_scrolled, h.vertical_pixels_scrolled, h.horizontal_percentage_scrolled, h.vertical_percentage_scrolled, h.doc_width, h.doc_height, h.page_title, h.page_url, h.page_urlscheme, h.page_urlhost, h.page_urlpath, h.page_urlquery, h.page_urlfragment, h.mkt_medium, h.mkt_source, h.mkt_term, h.mkt_content, h.mkt_campaign, h.mkt_clickid, h.mkt_network, h.page_referrer, h.refr_urlscheme, h.refr_urlhost, h.refr_urlpath, h.refr_urlquery, h.refr_urlfragment, h.refr_medium, h.refr_source, h.refr_term, h.geo_country, h.geo_region, h.geo_region_name, h.geo_city, h.geo_zipcode, h.geo_latitude, h.geo_longitude, h.geo_timezone, h.user_ipaddress, h.useragent, h.br_lang, h.br_viewwidth, h.br_viewheight, h.br_colordepth, h.br_renderengine, h.os_timezone, h.category, h.primary_impact, h.reason, h.spider_or_robot, h.useragent_family, h.useragent_major, h.useragent_minor, h.useragent_patch, h.useragent_version, h.os_family, h.os_major, h.os_minor, h.os_patch, h.os_patch_minor, h.os_version, h.device_family, h.device_class, h.agent_class, h.agent_name, h.agent_name_version, h.agent_name_version_major, h.agent_version, h.agent_version_major, h.device_brand, h.device_name, h.device_version, h.layout_engine_class, h.layout_engine_name, h.layout_engine_name_version, h.layout_engine_name_version_major, h.layout_engine_version, h.layout_engine_version_major, h.operating_system_class, h.operating_system_name, h.operating_system_name_version, h.operating_system_version
from derived.page_views as h
where h.domain_sessionid is not null
    and not exists (select 1 from scratch.page_views_staged as s where s.domain_sessionid = h.domain_sessionid);

-- statistics of scratch.page_views_staged
-- only if sessions finds something new
analyze scratch.page_views_staged;

-- drop scratch.page_views_staged_read of an earlier run
-- only if sessions finds something new
-- only if there: scratch.page_views_staged_read
drop table if exists scratch.page_views_staged_read;

-- note which rows of page_views_staged are there to be read
-- only if sessions finds something new
create unlogged table scratch.page_views_staged_read as
select distinct
    s.domain_sessionid as group_key,
    s.xmin::text as row_version
from scratch.page_views_staged as s;

-- statistics of scratch.page_views_staged_read
-- only if sessions finds something new
analyze scratch.page_views_staged_read;

-- statistics of scratch.page_views_staged_removed
-- only if sessions finds something new
analyze scratch.page_views_staged_removed;

-- drop scratch.page_views_staged_removed_read of an earlier run
-- only if sessions finds something new
-- only if there: scratch.page_views_staged_removed_read
drop table if exists scratch.page_views_staged_removed_read;

-- note which rows of page_views_staged_removed are there to be read
-- only if sessions finds something new
create unlogged table scratch.page_views_staged_removed_read as
select distinct
    s.domain_sessionid as group_key,
    s.xmin::text as row_version
from scratch.page_views_staged_removed as s;

-- statistics of scratch.page_views_staged_removed_read
-- only if sessions finds something new
analyze scratch.page_views_staged_removed_read;
