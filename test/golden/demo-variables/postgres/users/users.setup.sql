-- drop scratch.users_metadata_this_run_test of an earlier run
-- only if there: scratch.users_metadata_this_run_test
drop table if exists scratch.users_metadata_this_run_test;

-- when users began
-- only if missing: scratch.users_metadata_this_run_test
create table if not exists scratch.users_metadata_this_run_test (
    run_id timestamp,
    run_start_tstamp timestamp,
    committed boolean
);

-- note that users has begun
insert into scratch.users_metadata_this_run_test (run_id, run_start_tstamp, committed)
select max(run_id), (clock_timestamp() at time zone 'utc'), false
from scratch.metadata_run_id_test;

-- the table users, where it is missing
-- only if missing: derived.users_test
create table if not exists derived.users_test (
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
-- only if missing: derived.users_manifest_test
create table if not exists derived.users_manifest_test (
    domain_userid varchar(128),
    start_tstamp timestamp
);

-- note the rows of users that are there already
insert into derived.inherited_rows_test (table_name, newest_tstamp, noted_tstamp)
select t.table_name, t.newest_tstamp, (clock_timestamp() at time zone 'utc')
from (
    select cast('users' as varchar(255)) as table_name, max(start_tstamp) as newest_tstamp
    from derived.users_test
) as t
where not exists (select 1 from derived.inherited_rows_test as i where i.table_name = 'users');

-- statistics of derived.sessions_test
-- only if there: derived.sessions_test
-- only if: select not exists (select 1 from derived.users_test)
-- only if: select exists (select 1 from derived.sessions_test)
-- only if: select pg_relation_size(c.oid) > 1.1 * c.relpages * current_setting('block_size')::int from pg_class as c where c.oid = to_regclass('derived.sessions_test')
analyze derived.sessions_test (domain_sessionid, start_tstamp, domain_userid);

-- statistics of scratch.sessions_userid_manifest_staged_test
-- only if there: derived.sessions_test
-- only if: select not exists (select 1 from derived.users_test)
-- only if: select exists (select 1 from derived.sessions_test)
-- only if: select pg_relation_size(c.oid) > 1.1 * c.relpages * current_setting('block_size')::int from pg_class as c where c.oid = to_regclass('scratch.sessions_userid_manifest_staged_test')
analyze scratch.sessions_userid_manifest_staged_test (domain_userid, start_tstamp);

-- bring users up to date from sessions, if it is new here
-- only if there: derived.sessions_test
-- only if: select not exists (select 1 from derived.users_test)
-- only if: select exists (select 1 from derived.sessions_test)
insert into scratch.sessions_userid_manifest_staged_test (domain_userid, start_tstamp)
select h.domain_userid, min(h.start_tstamp) as start_tstamp
from derived.sessions_test as h
where h.domain_userid is not null
    and not exists (select 1 from scratch.sessions_userid_manifest_staged_test as s where s.domain_userid = h.domain_userid)
group by h.domain_userid;

-- statistics of scratch.sessions_userid_manifest_staged_test
analyze scratch.sessions_userid_manifest_staged_test;

-- drop scratch.sessions_userid_manifest_staged_read_test of an earlier run
-- only if there: scratch.sessions_userid_manifest_staged_read_test
drop table if exists scratch.sessions_userid_manifest_staged_read_test;

-- note which rows of sessions_userid_manifest_staged are there to be read
create unlogged table scratch.sessions_userid_manifest_staged_read_test as
select distinct
    s.domain_userid as group_key,
    s.xmin::text as row_version
from scratch.sessions_userid_manifest_staged_test as s;

-- statistics of scratch.sessions_userid_manifest_staged_read_test
analyze scratch.sessions_userid_manifest_staged_read_test;
