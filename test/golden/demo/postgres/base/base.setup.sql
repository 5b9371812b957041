-- drop scratch.base_metadata_this_run of an earlier run
-- only if there: scratch.base_metadata_this_run
drop table if exists scratch.base_metadata_this_run;

-- when base began
-- only if missing: scratch.base_metadata_this_run
create table if not exists scratch.base_metadata_this_run (
    run_id timestamp,
    run_start_tstamp timestamp,
    committed boolean
);

-- note that base has begun
insert into scratch.base_metadata_this_run (run_id, run_start_tstamp, committed)
select max(run_id), (clock_timestamp() at time zone 'utc'), false
from scratch.metadata_run_id;

-- drop scratch.events_this_run if it is a table
-- only if there: scratch.events_this_run
-- only if: select exists (select 1 from pg_class as c where c.oid = to_regclass('scratch.events_this_run') and c.relkind = 'r')
drop table if exists scratch.events_this_run;

-- drop scratch.events_this_run
-- only if there: scratch.events_this_run
drop view if exists scratch.events_this_run;

-- the table events_staged, where it is missing
-- only if missing: scratch.events_staged
create table if not exists scratch.events_staged (
    page_view_id varchar(36),
    event_id varchar(36),
    event_name varchar(1000),
    app_id varchar(255),
    user_id varchar(255),
    domain_userid varchar(128),
    network_userid varchar(128),
    domain_sessionid varchar(128),
    domain_sessionidx integer,
    collector_tstamp timestamp,
    dvce_created_tstamp timestamp,
    derived_tstamp timestamp,
    page_url varchar(4096),
    page_title varchar(2000),
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
    br_viewwidth integer,
    br_viewheight integer,
    br_colordepth varchar(12),
    br_renderengine varchar(50),
    os_timezone varchar(255),
    doc_width integer,
    doc_height integer,
    pp_xoffset_max integer,
    pp_yoffset_max integer
);

-- the table base_event_id_manifest, where it is missing
-- only if missing: derived.base_event_id_manifest
create table if not exists derived.base_event_id_manifest (
    event_id varchar(36),
    collector_tstamp timestamp
);

-- the table base_session_id_manifest, where it is missing
-- only if missing: derived.base_session_id_manifest
create table if not exists derived.base_session_id_manifest (
    session_id varchar(128),
    min_tstamp timestamp
);

-- the table events_staged_removed, where it is missing
-- only if missing: scratch.events_staged_removed
create table if not exists scratch.events_staged_removed (
    domain_sessionid varchar(128)
);
