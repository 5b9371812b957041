-- the table users_manifest, where it is missing
-- only if missing: derived.users_manifest_test
create table if not exists derived.users_manifest_test (
    domain_userid varchar,
    start_tstamp timestamp_ntz
)
cluster by (to_date(start_tstamp));

-- the note of what was written to sessions_userid_manifest_staged
-- only if missing: scratch.sessions_userid_manifest_staged_written_test
create table if not exists scratch.sessions_userid_manifest_staged_written_test (
    group_key varchar,
    version varchar
);

-- scratch.users_metadata_this_run_test, where main has left none
-- only if missing: scratch.users_metadata_this_run_test
create transient table if not exists scratch.users_metadata_this_run_test (
    run_id timestamp_ntz,
    run_start_tstamp timestamp_ntz,
    committed boolean
);

-- scratch.sessions_userid_manifest_staged_read_test, where main has left none
-- only if missing: scratch.sessions_userid_manifest_staged_read_test
create transient table if not exists scratch.sessions_userid_manifest_staged_read_test (
    group_key varchar,
    row_version varchar
);

-- scratch.users_manifest_rows_test, where main has left none
-- only if missing: scratch.users_manifest_rows_test
create transient table if not exists scratch.users_manifest_rows_test (
    domain_userid varchar,
    start_tstamp timestamp_ntz
);

-- one transaction
begin;

-- forget scratch.sessions_userid_manifest_staged_read_test unless main has committed it
delete from scratch.sessions_userid_manifest_staged_read_test
where not exists (select 1 from scratch.users_metadata_this_run_test where committed);

-- remove the rows of sessions_userid_manifest_staged that main has read
delete from scratch.sessions_userid_manifest_staged_test
where domain_userid in (
    select r.group_key
    from scratch.sessions_userid_manifest_staged_read_test as r
    left join scratch.sessions_userid_manifest_staged_written_test as w on w.group_key = r.group_key
    where coalesce(w.version, 'none') = r.row_version
);

-- remove the rows of sessions_userid_manifest_staged that belong to nothing
delete from scratch.sessions_userid_manifest_staged_test
where domain_userid is null
    and exists (select 1 from scratch.users_metadata_this_run_test where committed);

-- forget the versions of what was removed from sessions_userid_manifest_staged
delete from scratch.sessions_userid_manifest_staged_written_test
where group_key in (
    select r.group_key
    from scratch.sessions_userid_manifest_staged_read_test as r
    left join scratch.sessions_userid_manifest_staged_test as s on s.domain_userid = r.group_key
    where s.domain_userid is null
);

-- forget what main has read of sessions_userid_manifest_staged
delete from scratch.sessions_userid_manifest_staged_read_test;

-- forget scratch.users_manifest_rows_test unless main has committed it
delete from scratch.users_manifest_rows_test
where not exists (select 1 from scratch.users_metadata_this_run_test where committed);

-- remove the rows of users_manifest that are written again
delete from derived.users_manifest_test
using scratch.users_manifest_rows_test as u
where users_manifest_test.domain_userid = u.domain_userid;

-- write the rows of users_manifest
insert into derived.users_manifest_test (domain_userid, start_tstamp)
select domain_userid, start_tstamp
from scratch.users_manifest_rows_test as rows_this_run;

commit;

-- drop the run id: the run ends here
-- only if there: scratch.metadata_run_id_test
drop table if exists scratch.metadata_run_id_test;
