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

-- scratch.users_metadata_this_run, where main has left none
-- only if missing: scratch.users_metadata_this_run
create transient table if not exists scratch.users_metadata_this_run (
    run_id timestamp_ntz,
    run_start_tstamp timestamp_ntz,
    committed boolean
);

-- scratch.sessions_userid_manifest_staged_read, where main has left none
-- only if missing: scratch.sessions_userid_manifest_staged_read
create transient table if not exists scratch.sessions_userid_manifest_staged_read (
    group_key varchar,
    row_version varchar
);

-- scratch.users_manifest_rows, where main has left none
-- only if missing: scratch.users_manifest_rows
create transient table if not exists scratch.users_manifest_rows (
    domain_userid varchar,
    start_tstamp timestamp_ntz
);

-- one transaction
begin;

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

-- drop scratch.users_replaced
-- only if there: scratch.users_replaced
drop table if exists scratch.users_replaced;

-- drop scratch.users_batch
-- only if there: scratch.users_batch
drop table if exists scratch.users_batch;

-- drop scratch.users_this_run
-- only if there: scratch.users_this_run
drop table if exists scratch.users_this_run;

-- drop scratch.users_limits
-- only if there: scratch.users_limits
drop table if exists scratch.users_limits;

-- drop scratch.users_manifest_rows
-- only if there: scratch.users_manifest_rows
drop table if exists scratch.users_manifest_rows;

-- drop scratch.sessions_userid_manifest_staged_read
-- only if there: scratch.sessions_userid_manifest_staged_read
drop table if exists scratch.sessions_userid_manifest_staged_read;

-- drop scratch.users_metadata_this_run
-- only if there: scratch.users_metadata_this_run
drop table if exists scratch.users_metadata_this_run;

-- drop the run id: the run ends here
-- only if there: scratch.metadata_run_id
drop table if exists scratch.metadata_run_id;
