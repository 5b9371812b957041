-- drop scratch.base_metadata_this_run_test of an earlier run
-- only if there: scratch.base_metadata_this_run_test
drop table if exists scratch.base_metadata_this_run_test;

-- when base began
-- only if missing: scratch.base_metadata_this_run_test
create table if not exists scratch.base_metadata_this_run_test (
    run_id timestamp_ntz,
    run_start_tstamp timestamp_ntz,
    committed boolean
);

-- note that base has begun
insert into scratch.base_metadata_this_run_test (run_id, run_start_tstamp, committed)
select max(run_id), sysdate(), false
from scratch.metadata_run_id_test;

-- the table events_staged, where it is missing
-- only if missing: scratch.events_staged_test
create table if not exists scratch.events_staged_test (
    page_view_id varchar,
    event_id varchar,
    event_name varchar,
    app_id varchar,
    user_id varchar,
    domain_userid varchar,
    network_userid varchar,
    domain_sessionid varchar,
    domain_sessionidx integer,
    collector_tstamp timestamp_ntz,
    dvce_created_tstamp timestamp_ntz,
    derived_tstamp timestamp_ntz,
    page_url varchar,
    page_title varchar,
    page_urlscheme varchar,
    page_urlhost varchar,
    page_urlpath varchar,
    page_urlquery varchar,
    page_urlfragment varchar,
    mkt_medium varchar,
    mkt_source varchar,
    mkt_term varchar,
    mkt_content varchar,
    mkt_campaign varchar,
    mkt_clickid varchar,
    mkt_network varchar,
    page_referrer varchar,
    refr_urlscheme varchar,
    refr_urlhost varchar,
    refr_urlpath varchar,
    refr_urlquery varchar,
    refr_urlfragment varchar,
    refr_medium varchar,
    refr_source varchar,
    refr_term varchar,
    geo_country varchar,
    geo_region varchar,
    geo_region_name varchar,
    geo_city varchar,
    geo_zipcode varchar,
    geo_latitude float,
    geo_longitude float,
    geo_timezone varchar,
    user_ipaddress varchar,
    useragent varchar,
    br_lang varchar,
    br_viewwidth integer,
    br_viewheight integer,
    br_colordepth varchar,
    br_renderengine varchar,
    os_timezone varchar,
    doc_width integer,
    doc_height integer,
    pp_xoffset_max integer,
    pp_yoffset_max integer
);

-- the table base_event_id_manifest, where it is missing
-- only if missing: derived.base_event_id_manifest_test
create table if not exists derived.base_event_id_manifest_test (
    event_id varchar,
    collector_tstamp timestamp_ntz
)
cluster by (to_date(collector_tstamp));

-- the table base_session_id_manifest, where it is missing
-- only if missing: derived.base_session_id_manifest_test
create table if not exists derived.base_session_id_manifest_test (
    session_id varchar,
    min_tstamp timestamp_ntz
);

-- the table events_staged_removed, where it is missing
-- only if missing: scratch.events_staged_removed_test
create table if not exists scratch.events_staged_removed_test (
    domain_sessionid varchar
);

-- the note of what was written to events_staged
-- only if missing: scratch.events_staged_written_test
create table if not exists scratch.events_staged_written_test (
    group_key varchar,
    version varchar
);
