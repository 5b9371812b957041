-- drop scratch.page_views_metadata_this_run of an earlier run
-- only if there: scratch.page_views_metadata_this_run
drop table if exists scratch.page_views_metadata_this_run;

-- drop scratch.page_views_this_run if it is a table
-- only if there: scratch.page_views_this_run
-- only if: select count(*) > 0 from information_schema.tables where table_schema = 'SCRATCH' and table_name = 'PAGE_VIEWS_THIS_RUN' and table_type = 'BASE TABLE'
drop table if exists scratch.page_views_this_run;

-- drop scratch.page_views_this_run
-- only if there: scratch.page_views_this_run
drop view if exists scratch.page_views_this_run;

-- the table page_views, where it is missing
-- only if missing: derived.page_views
create table if not exists derived.page_views (
    page_view_id varchar not null,
    event_id varchar,
    app_id varchar,
    user_id varchar,
    domain_userid varchar,
    network_userid varchar,
    domain_sessionid varchar,
    domain_sessionidx integer,
    page_view_in_session_index integer,
    page_views_in_session integer,
    dvce_created_tstamp timestamp_ntz,
    collector_tstamp timestamp_ntz,
    derived_tstamp timestamp_ntz,
    start_tstamp timestamp_ntz,
    end_tstamp timestamp_ntz,
    engaged_time_in_s integer,
    absolute_time_in_s integer,
    horizontal_pixels_scrolled integer,
    vertical_pixels_scrolled integer,
    horizontal_percentage_scrolled float,
    vertical_percentage_scrolled float,
    doc_width integer,
    doc_height integer,
    page_title varchar,
    page_url varchar,
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
)
cluster by (to_date(start_tstamp));

-- the table page_views_staged, where it is missing
-- only if missing: scratch.page_views_staged
create table if not exists scratch.page_views_staged (
    page_view_id varchar not null,
    event_id varchar,
    app_id varchar,
    user_id varchar,
    domain_userid varchar,
    network_userid varchar,
    domain_sessionid varchar,
    domain_sessionidx integer,
    page_view_in_session_index integer,
    page_views_in_session integer,
    dvce_created_tstamp timestamp_ntz,
    collector_tstamp timestamp_ntz,
    derived_tstamp timestamp_ntz,
    start_tstamp timestamp_ntz,
    end_tstamp timestamp_ntz,
    engaged_time_in_s integer,
    absolute_time_in_s integer,
    horizontal_pixels_scrolled integer,
    vertical_pixels_scrolled integer,
    horizontal_percentage_scrolled float,
    vertical_percentage_scrolled float,
    doc_width integer,
    doc_height integer,
    page_title varchar,
    page_url varchar,
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
    domain_sessionid varchar
);

-- the table events_staged_removed, where it is missing
-- only if missing: scratch.events_staged_removed
create table if not exists scratch.events_staged_removed (
    domain_sessionid varchar
);

-- the note of what was written to page_views_staged
-- only if missing: scratch.page_views_staged_written
create table if not exists scratch.page_views_staged_written (
    group_key varchar,
    version varchar
);

-- the note of what was written to events_staged
-- only if missing: scratch.events_staged_written
create table if not exists scratch.events_staged_written (
    group_key varchar,
    version varchar
);

-- when page_views began
-- only if base finds something new
-- only if missing: scratch.page_views_metadata_this_run
create table if not exists scratch.page_views_metadata_this_run (
    run_id timestamp_ntz,
    run_start_tstamp timestamp_ntz,
    committed boolean
);

-- note that page_views has begun
-- only if base finds something new
insert into scratch.page_views_metadata_this_run (run_id, run_start_tstamp, committed)
select max(run_id), sysdate(), false
from scratch.metadata_run_id;

-- note the rows of page_views that are there already
-- only if base finds something new
insert into derived.inherited_rows (table_name, newest_tstamp, noted_tstamp)
select t.table_name, t.newest_tstamp, sysdate()
from (
    select cast('page_views' as varchar(255)) as table_name, max(start_tstamp) as newest_tstamp
    from derived.page_views
) as t
where not exists (select 1 from derived.inherited_rows as i where i.table_name = 'page_views');

-- drop scratch.events_staged_read of an earlier run
-- only if base finds something new
-- only if there: scratch.events_staged_read
drop table if exists scratch.events_staged_read;

-- note which rows of events_staged are there to be read
-- only if base finds something new
create transient table scratch.events_staged_read
as
select
    s.domain_sessionid as group_key,
    max(coalesce(w.version, 'none')) as row_version
from scratch.events_staged as s
left join scratch.events_staged_written as w on w.group_key = s.domain_sessionid
group by s.domain_sessionid;

-- drop scratch.events_staged_removed_read of an earlier run
-- only if base finds something new
-- only if there: scratch.events_staged_removed_read
drop table if exists scratch.events_staged_removed_read;

-- note which rows of events_staged_removed are there to be read
-- only if base finds something new
create transient table scratch.events_staged_removed_read
as
select distinct
    s.domain_sessionid as group_key,
    md5(coalesce(md5(s.domain_sessionid), '-')) as row_version
from scratch.events_staged_removed as s;
