-- drop scratch.sessions_metadata_this_run of an earlier run
-- only if there: scratch.sessions_metadata_this_run
drop table if exists scratch.sessions_metadata_this_run;

-- when sessions began
-- only if missing: scratch.sessions_metadata_this_run
create table if not exists scratch.sessions_metadata_this_run (
    run_id timestamp,
    run_start_tstamp timestamp,
    committed boolean
);

-- note that sessions has begun
insert into scratch.sessions_metadata_this_run (run_id, run_start_tstamp, committed)
select max(run_id), (clock_timestamp() at time zone 'utc'), false
from scratch.metadata_run_id;

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

-- note the rows of sessions that are there already
insert into derived.inherited_rows (table_name, newest_tstamp, noted_tstamp)
select t.table_name, t.newest_tstamp, (clock_timestamp() at time zone 'utc')
from (
    select cast('sessions' as varchar(255)) as table_name, max(start_tstamp) as newest_tstamp
    from derived.sessions
) as t
where not exists (select 1 from derived.inherited_rows as i where i.table_name = 'sessions');

-- statistics of scratch.page_views_staged
analyze scratch.page_views_staged;

-- drop scratch.page_views_staged_read of an earlier run
-- only if there: scratch.page_views_staged_read
drop table if exists scratch.page_views_staged_read;

-- note which rows of page_views_staged are there to be read
create unlogged table scratch.page_views_staged_read as
select distinct
    s.domain_sessionid as group_key,
    s.xmin::text as row_version
from scratch.page_views_staged as s
where 1 = 0;

-- statistics of scratch.page_views_staged_read
analyze scratch.page_views_staged_read;

-- statistics of scratch.page_views_staged_removed
analyze scratch.page_views_staged_removed;

-- drop scratch.page_views_staged_removed_read of an earlier run
-- only if there: scratch.page_views_staged_removed_read
drop table if exists scratch.page_views_staged_removed_read;

-- note which rows of page_views_staged_removed are there to be read
create unlogged table scratch.page_views_staged_removed_read as
select distinct
    s.domain_sessionid as group_key,
    s.xmin::text as row_version
from scratch.page_views_staged_removed as s;

-- statistics of scratch.page_views_staged_removed_read
analyze scratch.page_views_staged_removed_read;
