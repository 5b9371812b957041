-- drop scratch.sessions_metadata_this_run of an earlier run
-- only if there: scratch.sessions_metadata_this_run
drop table if exists scratch.sessions_metadata_this_run;

-- when sessions began
-- only if missing: scratch.sessions_metadata_this_run
create table if not exists scratch.sessions_metadata_this_run (
    run_id timestamp_ntz,
    run_start_tstamp timestamp_ntz,
    committed boolean
);

-- note that sessions has begun
insert into scratch.sessions_metadata_this_run (run_id, run_start_tstamp, committed)
select max(run_id), sysdate(), false
from scratch.metadata_run_id;

-- the table sessions, where it is missing
-- only if missing: derived.sessions
create table if not exists derived.sessions (
    app_id varchar,
    domain_sessionid varchar,
    domain_sessionidx integer,
    start_tstamp timestamp_ntz,
    end_tstamp timestamp_ntz,
    user_id varchar,
    domain_userid varchar,
    network_userid varchar,
    page_views integer,
    engaged_time_in_s integer,
    absolute_time_in_s integer,
    first_page_title varchar,
    first_page_url varchar,
    first_page_urlscheme varchar,
    first_page_urlhost varchar,
    first_page_urlpath varchar,
    first_page_urlquery varchar,
    first_page_urlfragment varchar,
    last_page_title varchar,
    last_page_url varchar,
    last_page_urlscheme varchar,
    last_page_urlhost varchar,
    last_page_urlpath varchar,
    last_page_urlquery varchar,
    last_page_urlfragment varchar,
    referrer varchar,
    refr_urlscheme varchar,
    refr_urlhost varchar,
    refr_urlpath varchar,
    refr_urlquery varchar,
    refr_urlfragment varchar,
    refr_medium varchar,
    refr_source varchar,
    refr_term varchar,
    mkt_medium varchar,
    mkt_source varchar,
    mkt_term varchar,
    mkt_content varchar,
    mkt_campaign varchar,
    mkt_clickid varchar,
    mkt_network varchar,
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
    br_renderengine varchar,
    br_lang varchar,
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

-- the table sessions_userid_manifest_staged, where it is missing
-- only if missing: scratch.sessions_userid_manifest_staged
create table if not exists scratch.sessions_userid_manifest_staged (
    domain_userid varchar,
    start_tstamp timestamp_ntz
);

-- the table page_views_staged_removed, where it is missing
-- only if missing: scratch.page_views_staged_removed
create table if not exists scratch.page_views_staged_removed (
    domain_sessionid varchar
);

-- the note of what was written to sessions_userid_manifest_staged
-- only if missing: scratch.sessions_userid_manifest_staged_written
create table if not exists scratch.sessions_userid_manifest_staged_written (
    group_key varchar,
    version varchar
);

-- the note of what was written to page_views_staged
-- only if missing: scratch.page_views_staged_written
create table if not exists scratch.page_views_staged_written (
    group_key varchar,
    version varchar
);

-- note the rows of sessions that are there already
insert into derived.inherited_rows (table_name, newest_tstamp, noted_tstamp)
select t.table_name, t.newest_tstamp, sysdate()
from (
    select cast('sessions' as varchar(255)) as table_name, max(start_tstamp) as newest_tstamp
    from derived.sessions
) as t
where not exists (select 1 from derived.inherited_rows as i where i.table_name = 'sessions');

-- drop scratch.page_views_staged_read of an earlier run
-- only if there: scratch.page_views_staged_read
drop table if exists scratch.page_views_staged_read;

-- note which rows of page_views_staged are there to be read
create transient table scratch.page_views_staged_read
as
select
    s.domain_sessionid as group_key,
    max(coalesce(w.version, 'none')) as row_version
from scratch.page_views_staged as s
left join scratch.page_views_staged_written as w on w.group_key = s.domain_sessionid
where 1 = 0
group by s.domain_sessionid;

-- drop scratch.page_views_staged_removed_read of an earlier run
-- only if there: scratch.page_views_staged_removed_read
drop table if exists scratch.page_views_staged_removed_read;

-- note which rows of page_views_staged_removed are there to be read
create transient table scratch.page_views_staged_removed_read
as
select distinct
    s.domain_sessionid as group_key,
    md5(coalesce(md5(s.domain_sessionid), '-')) as row_version
from scratch.page_views_staged_removed as s;
