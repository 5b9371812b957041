-- drop scratch.page_views_metadata_this_run of an earlier run
-- only if there: scratch.page_views_metadata_this_run
drop table if exists scratch.page_views_metadata_this_run;

-- drop scratch.page_views_this_run if it is a table
-- only if there: scratch.page_views_this_run
-- only if: select exists (select 1 from pg_class as c where c.oid = to_regclass('scratch.page_views_this_run') and c.relkind = 'r')
drop table if exists scratch.page_views_this_run;

-- drop scratch.page_views_this_run
-- only if there: scratch.page_views_this_run
drop view if exists scratch.page_views_this_run;

-- the table page_views, where it is missing
-- only if missing: derived.page_views
create table if not exists derived.page_views (
    page_view_id varchar(36) not null,
    event_id varchar(36),
    app_id varchar(255),
    user_id varchar(255),
    domain_userid varchar(128),
    network_userid varchar(128),
    domain_sessionid varchar(128),
    domain_sessionidx int,
    page_view_in_session_index int,
    page_views_in_session int,
    dvce_created_tstamp timestamp,
    collector_tstamp timestamp,
    derived_tstamp timestamp,
    start_tstamp timestamp,
    end_tstamp timestamp,
    engaged_time_in_s int,
    absolute_time_in_s int,
    horizontal_pixels_scrolled int,
    vertical_pixels_scrolled int,
    horizontal_percentage_scrolled double precision,
    vertical_percentage_scrolled double precision,
    doc_width int,
    doc_height int,
    page_title varchar(2000),
    page_url varchar(4096),
    page_urlscheme varchar(16),
    page_urlhost varchar(255),
    page_urlpath varchar(3000),
    page_urlquery varchar(6000),
    page_urlfragment varchar(3000),
    mkt_medium varchar(255),
    mkt_source varchar(255),
    mkt_term varchar(255),
    mkt_content varchar(500),
    mkt_campaign varchar(255),
    mkt_clickid varchar(128),
    mkt_network varchar(64),
    page_referrer varchar(4096),
    refr_urlscheme varchar(16),
    refr_urlhost varchar(255),
    refr_urlpath varchar(6000),
    refr_urlquery varchar(6000),
    refr_urlfragment varchar(3000),
    refr_medium varchar(25),
    refr_source varchar(50),
    refr_term varchar(255),
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
    br_lang varchar(255),
    br_viewwidth int,
    br_viewheight int,
    br_colordepth varchar(12),
    br_renderengine varchar(50),
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

-- the table page_views_staged, where it is missing
-- only if missing: scratch.page_views_staged
create table if not exists scratch.page_views_staged (
    page_view_id varchar(36) not null,
    event_id varchar(36),
    app_id varchar(255),
    user_id varchar(255),
    domain_userid varchar(128),
    network_userid varchar(128),
    domain_sessionid varchar(128),
    domain_sessionidx int,
    page_view_in_session_index int,
    page_views_in_session int,
    dvce_created_tstamp timestamp,
    collector_tstamp timestamp,
    derived_tstamp timestamp,
    start_tstamp timestamp,
    end_tstamp timestamp,
    engaged_time_in_s int,
    absolute_time_in_s int,
    horizontal_pixels_scrolled int,
    vertical_pixels_scrolled int,
    horizontal_percentage_scrolled double precision,
    vertical_percentage_scrolled double precision,
    doc_width int,
    doc_height int,
    page_title varchar(2000),
    page_url varchar(4096),
    page_urlscheme varchar(16),
    page_urlhost varchar(255),
    page_urlpath varchar(3000),
    page_urlquery varchar(6000),
    page_urlfragment varchar(3000),
    mkt_medium varchar(255),
    mkt_source varchar(255),
    mkt_term varchar(255),
    mkt_content varchar(500),
    mkt_campaign varchar(255),
    mkt_clickid varchar(128),
    mkt_network varchar(64),
    page_referrer varchar(4096),
    refr_urlscheme varchar(16),
    refr_urlhost varchar(255),
    refr_urlpath varchar(6000),
    refr_urlquery varchar(6000),
    refr_urlfragment varchar(3000),
    refr_medium varchar(25),
    refr_source varchar(50),
    refr_term varchar(255),
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
    br_lang varchar(255),
    br_viewwidth int,
    br_viewheight int,
    br_colordepth varchar(12),
    br_renderengine varchar(50),
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

-- the table page_views_staged_removed, where it is missing
-- only if missing: scratch.page_views_staged_removed
create table if not exists scratch.page_views_staged_removed (
    domain_sessionid varchar(128)
);

-- the table events_staged_removed, where it is missing
-- only if missing: scratch.events_staged_removed
create table if not exists scratch.events_staged_removed (
    domain_sessionid varchar(128)
);

-- when page_views began
-- only if base finds something new
-- only if missing: scratch.page_views_metadata_this_run
create table if not exists scratch.page_views_metadata_this_run (
    run_id timestamp,
    run_start_tstamp timestamp,
    committed boolean
);

-- note that page_views has begun
-- only if base finds something new
insert into scratch.page_views_metadata_this_run (run_id, run_start_tstamp, committed)
select max(run_id), (clock_timestamp() at time zone 'utc'), false
from scratch.metadata_run_id;

-- note the rows of page_views that are there already
-- only if base finds something new
insert into derived.inherited_rows (table_name, newest_tstamp, noted_tstamp)
select t.table_name, t.newest_tstamp, (clock_timestamp() at time zone 'utc')
from (
    select cast('page_views' as varchar(255)) as table_name, max(start_tstamp) as newest_tstamp
    from derived.page_views
) as t
where not exists (select 1 from derived.inherited_rows as i where i.table_name = 'page_views');

-- statistics of scratch.events_staged
-- only if base finds something new
analyze scratch.events_staged;

-- drop scratch.events_staged_read of an earlier run
-- only if base finds something new
-- only if there: scratch.events_staged_read
drop table if exists scratch.events_staged_read;

-- note which rows of events_staged are there to be read
-- only if base finds something new
create unlogged table scratch.events_staged_read as
select distinct
    s.domain_sessionid as group_key,
    s.xmin::text as row_version
from scratch.events_staged as s;

-- statistics of scratch.events_staged_read
-- only if base finds something new
analyze scratch.events_staged_read;

-- statistics of scratch.events_staged_removed
-- only if base finds something new
analyze scratch.events_staged_removed;

-- drop scratch.events_staged_removed_read of an earlier run
-- only if base finds something new
-- only if there: scratch.events_staged_removed_read
drop table if exists scratch.events_staged_removed_read;

-- note which rows of events_staged_removed are there to be read
-- only if base finds something new
create unlogged table scratch.events_staged_removed_read as
select distinct
    s.domain_sessionid as group_key,
    s.xmin::text as row_version
from scratch.events_staged_removed as s;

-- statistics of scratch.events_staged_removed_read
-- only if base finds something new
analyze scratch.events_staged_removed_read;
