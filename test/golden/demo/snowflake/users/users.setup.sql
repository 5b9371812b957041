-- drop scratch.users_metadata_this_run of an earlier run
-- only if there: scratch.users_metadata_this_run
drop table if exists scratch.users_metadata_this_run;

-- the table users, where it is missing
-- only if missing: derived.users
create table if not exists derived.users (
    user_id varchar,
    domain_userid varchar,
    network_userid varchar,
    start_tstamp timestamp_ntz,
    end_tstamp timestamp_ntz,
    page_views integer,
    sessions integer,
    engaged_time_in_s integer,
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
    mkt_network varchar
)
cluster by (to_date(start_tstamp));

-- the table users_manifest, where it is missing
-- only if missing: derived.users_manifest
create table if not exists derived.users_manifest (
    domain_userid varchar,
    start_tstamp timestamp_ntz
)
cluster by (to_date(start_tstamp));

-- the note of what was written to sessions_userid_manifest_staged
-- only if missing: scratch.sessions_userid_manifest_staged_written
create table if not exists scratch.sessions_userid_manifest_staged_written (
    group_key varchar,
    version varchar
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
    run_id timestamp_ntz,
    run_start_tstamp timestamp_ntz,
    committed boolean
);

-- note that users has begun
-- only if users finds something new
insert into scratch.users_metadata_this_run (run_id, run_start_tstamp, committed)
select max(run_id), sysdate(), false
from scratch.metadata_run_id;

-- note the rows of users that are there already
-- only if users finds something new
insert into derived.inherited_rows (table_name, newest_tstamp, noted_tstamp)
select t.table_name, t.newest_tstamp, sysdate()
from (
    select cast('users' as varchar(255)) as table_name, max(start_tstamp) as newest_tstamp
    from derived.users
) as t
where not exists (select 1 from derived.inherited_rows as i where i.table_name = 'users');

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

-- drop scratch.sessions_userid_manifest_staged_read of an earlier run
-- only if users finds something new
-- only if there: scratch.sessions_userid_manifest_staged_read
drop table if exists scratch.sessions_userid_manifest_staged_read;

-- note which rows of sessions_userid_manifest_staged are there to be read
-- only if users finds something new
create transient table scratch.sessions_userid_manifest_staged_read
as
select
    s.domain_userid as group_key,
    max(coalesce(w.version, 'none')) as row_version
from scratch.sessions_userid_manifest_staged as s
left join scratch.sessions_userid_manifest_staged_written as w on w.group_key = s.domain_userid
group by s.domain_userid;
