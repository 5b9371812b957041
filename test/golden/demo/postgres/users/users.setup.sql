-- drop scratch.users_metadata_this_run of an earlier run
-- only if there: scratch.users_metadata_this_run
drop table if exists scratch.users_metadata_this_run;

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

-- whether users has nothing to do
-- only if there: derived.sessions
select not exists (select 1 from scratch.sessions_userid_manifest_staged)
    and not exists (select 1 from derived.datamodel_metadata as m inner join scratch.metadata_run_id as r on r.run_id = m.run_id where m.module = 'users')
    and exists (select 1 from derived.inherited_rows as i where i.table_name = 'users')
    and (not exists (select 1 from derived.sessions) or not not exists (select 1 from derived.users));

-- whether users has nothing to do
-- only if missing: derived.sessions
select not exists (select 1 from scratch.sessions_userid_manifest_staged)
    and not exists (select 1 from derived.datamodel_metadata as m inner join scratch.metadata_run_id as r on r.run_id = m.run_id where m.module = 'users')
    and exists (select 1 from derived.inherited_rows as i where i.table_name = 'users');

-- when users began
-- only if users finds something new
-- only if missing: scratch.users_metadata_this_run
create table if not exists scratch.users_metadata_this_run (
    run_id timestamp,
    run_start_tstamp timestamp,
    committed boolean
);

-- note that users has begun
-- only if users finds something new
insert into scratch.users_metadata_this_run (run_id, run_start_tstamp, committed)
select max(run_id), (clock_timestamp() at time zone 'utc'), false
from scratch.metadata_run_id;

-- note the rows of users that are there already
-- only if users finds something new
insert into derived.inherited_rows (table_name, newest_tstamp, noted_tstamp)
select t.table_name, t.newest_tstamp, (clock_timestamp() at time zone 'utc')
from (
    select cast('users' as varchar(255)) as table_name, max(start_tstamp) as newest_tstamp
    from derived.users
) as t
where not exists (select 1 from derived.inherited_rows as i where i.table_name = 'users');

-- statistics of derived.sessions
-- only if users finds something new
-- only if there: derived.sessions
-- only if: select not exists (select 1 from derived.users)
-- only if: select exists (select 1 from derived.sessions)
-- only if: select pg_relation_size(c.oid) > 1.1 * c.relpages * current_setting('block_size')::int from pg_class as c where c.oid = to_regclass('derived.sessions')
analyze derived.sessions (domain_sessionid, start_tstamp, domain_userid);

-- statistics of scratch.sessions_userid_manifest_staged
-- only if users finds something new
-- only if there: derived.sessions
-- only if: select not exists (select 1 from derived.users)
-- only if: select exists (select 1 from derived.sessions)
-- only if: select pg_relation_size(c.oid) > 1.1 * c.relpages * current_setting('block_size')::int from pg_class as c where c.oid = to_regclass('scratch.sessions_userid_manifest_staged')
analyze scratch.sessions_userid_manifest_staged (domain_userid, start_tstamp);

-- bring users up to date from sessions, if it is new here
-- only if users finds something new
-- only if there: derived.sessions
-- only if: select not exists (select 1 from derived.users)
-- only if: select exists (select 1 from derived.sessions)
insert into scratch.sessions_userid_manifest_staged (domain_userid, start_tstamp)
select h.domain_userid, min(h.start_tstamp) as start_tstamp
from derived.sessions as h
where h.domain_userid is not null
    and not exists (select 1 from scratch.sessions_userid_manifest_staged as s where s.domain_userid = h.domain_userid)
group by h.domain_userid;

-- statistics of scratch.sessions_userid_manifest_staged
-- only if users finds something new
analyze scratch.sessions_userid_manifest_staged;

-- drop scratch.sessions_userid_manifest_staged_read of an earlier run
-- only if users finds something new
-- only if there: scratch.sessions_userid_manifest_staged_read
drop table if exists scratch.sessions_userid_manifest_staged_read;

-- note which rows of sessions_userid_manifest_staged are there to be read
-- only if users finds something new
create unlogged table scratch.sessions_userid_manifest_staged_read as
select distinct
    s.domain_userid as group_key,
    s.xmin::text as row_version
from scratch.sessions_userid_manifest_staged as s;

-- statistics of scratch.sessions_userid_manifest_staged_read
-- only if users finds something new
analyze scratch.sessions_userid_manifest_staged_read;
