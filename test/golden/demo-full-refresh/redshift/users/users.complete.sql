-- the table users_manifest, where it is missing
-- only if missing: derived.users_manifest
create table if not exists derived.users_manifest (
    domain_userid varchar(128),
    start_tstamp timestamp encode raw
)
diststyle key
distkey (domain_userid)
sortkey (start_tstamp);

-- the note of what was written to sessions_userid_manifest_staged
-- only if missing: scratch.sessions_userid_manifest_staged_written
create table if not exists scratch.sessions_userid_manifest_staged_written (
    group_key varchar(4096),
    version varchar(64)
)
diststyle key
distkey (group_key);

-- scratch.users_metadata_this_run, where main has left none
-- only if missing: scratch.users_metadata_this_run
create table if not exists scratch.users_metadata_this_run (
    run_id timestamp,
    run_start_tstamp timestamp,
    committed boolean
)
backup no;

-- scratch.sessions_userid_manifest_staged_read, where main has left none
-- only if missing: scratch.sessions_userid_manifest_staged_read
create table if not exists scratch.sessions_userid_manifest_staged_read (
    group_key varchar(4096),
    row_version varchar(4096)
)
backup no;

-- scratch.users_manifest_rows, where main has left none
-- only if missing: scratch.users_manifest_rows
create table if not exists scratch.users_manifest_rows (
    domain_userid varchar(128),
    start_tstamp timestamp
)
backup no;

-- one transaction
begin;

-- keep others from writing to sessions_userid_manifest_staged meanwhile
lock table scratch.sessions_userid_manifest_staged;

-- forget scratch.sessions_userid_manifest_staged_read unless main has committed it
delete from scratch.sessions_userid_manifest_staged_read
where not exists (select 1 from scratch.users_metadata_this_run where committed);

-- remove the rows of sessions_userid_manifest_staged that main has read
delete from scratch.sessions_userid_manifest_staged
where domain_userid in (
    select r.group_key
    from scratch.sessions_userid_manifest_staged_read as r
    left join scratch.sessions_userid_manifest_staged_written as w on w.group_key = r.group_key
    where coalesce(w.version, 'none') = r.row_version
);

-- remove the rows of sessions_userid_manifest_staged that belong to nothing
delete from scratch.sessions_userid_manifest_staged
where domain_userid is null
    and exists (select 1 from scratch.users_metadata_this_run where committed);

-- forget the versions of what was removed from sessions_userid_manifest_staged
delete from scratch.sessions_userid_manifest_staged_written
where group_key in (
    select r.group_key
    from scratch.sessions_userid_manifest_staged_read as r
    left join scratch.sessions_userid_manifest_staged as s on s.domain_userid = r.group_key
    where s.domain_userid is null
);

-- forget what main has read of sessions_userid_manifest_staged
delete from scratch.sessions_userid_manifest_staged_read;

-- forget scratch.users_manifest_rows unless main has committed it
delete from scratch.users_manifest_rows
where not exists (select 1 from scratch.users_metadata_this_run where committed);

-- remove the rows of users_manifest that are written again
delete from derived.users_manifest
using scratch.users_manifest_rows as u
where users_manifest.domain_userid = u.domain_userid;

-- write the rows of users_manifest
insert into derived.users_manifest (domain_userid, start_tstamp)
select domain_userid, start_tstamp
from scratch.users_manifest_rows as rows_this_run;

commit;

-- statistics of derived.users_manifest
analyze derived.users_manifest;

-- drop the scratch tables of users
-- only if there: scratch.users_replaced or scratch.users_batch or scratch.users_this_run or scratch.users_limits or scratch.users_manifest_rows or scratch.sessions_userid_manifest_staged_read or scratch.users_metadata_this_run
drop table if exists
    scratch.users_replaced,
    scratch.users_batch,
    scratch.users_this_run,
    scratch.users_limits,
    scratch.users_manifest_rows,
    scratch.sessions_userid_manifest_staged_read,
    scratch.users_metadata_this_run;

-- drop the run id: the run ends here
-- only if there: scratch.metadata_run_id
drop table if exists scratch.metadata_run_id;
