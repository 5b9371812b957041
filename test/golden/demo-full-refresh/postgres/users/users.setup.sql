-- drop scratch.users_metadata_this_run of an earlier run
-- only if there: scratch.users_metadata_this_run
drop table if exists scratch.users_metadata_this_run;

-- when users began
-- only if missing: scratch.users_metadata_this_run
create table if not exists scratch.users_metadata_this_run (
    run_id timestamp,
    run_start_tstamp timestamp,
    committed boolean
);

-- note that users has begun
insert into scratch.users_metadata_this_run (run_id, run_start_tstamp, committed)
select max(run_id), (clock_timestamp() at time zone 'utc'), false
from scratch.metadata_run_id;

-- the table users, where it is missing
-- only if missing: derived.users
create table if not exists derived.users (
    user_id varchar(255),
    domain_userid varchar(128),
    network_userid varchar(128),
    start_tstamp timestamp,
    end_tstamp timestamp,
    page_views int,
    sessions int,
    engaged_time_in_s int,
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
    mkt_network varchar(64)
);

-- the table users_manifest, where it is missing
-- only if missing: derived.users_manifest
create table if not exists derived.users_manifest (
    domain_userid varchar(128),
    start_tstamp timestamp
);

-- note the rows of users that are there already
insert into derived.inherited_rows (table_name, newest_tstamp, noted_tstamp)
select t.table_name, t.newest_tstamp, (clock_timestamp() at time zone 'utc')
from (
    select cast('users' as varchar(255)) as table_name, max(start_tstamp) as newest_tstamp
    from derived.users
) as t
where not exists (select 1 from derived.inherited_rows as i where i.table_name = 'users');

-- statistics of scratch.sessions_userid_manifest_staged
analyze scratch.sessions_userid_manifest_staged;

-- drop scratch.sessions_userid_manifest_staged_read of an earlier run
-- only if there: scratch.sessions_userid_manifest_staged_read
drop table if exists scratch.sessions_userid_manifest_staged_read;

-- note which rows of sessions_userid_manifest_staged are there to be read
create unlogged table scratch.sessions_userid_manifest_staged_read as
select distinct
    s.domain_userid as group_key,
    s.xmin::text as row_version
from scratch.sessions_userid_manifest_staged as s;

-- statistics of scratch.sessions_userid_manifest_staged_read
analyze scratch.sessions_userid_manifest_staged_read;
