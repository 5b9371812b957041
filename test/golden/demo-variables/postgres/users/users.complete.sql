-- the table users_manifest, where it is missing
-- only if missing: derived.users_manifest_test
create table if not exists derived.users_manifest_test (
    domain_userid varchar(128),
    start_tstamp timestamp
);

-- scratch.users_metadata_this_run_test, where main has left none
-- only if missing: scratch.users_metadata_this_run_test
create unlogged table if not exists scratch.users_metadata_this_run_test (
    run_id timestamp,
    run_start_tstamp timestamp,
    committed boolean
);

-- scratch.sessions_userid_manifest_staged_read_test, where main has left none
-- only if missing: scratch.sessions_userid_manifest_staged_read_test
create unlogged table if not exists scratch.sessions_userid_manifest_staged_read_test (
    group_key varchar(4096),
    row_version varchar(4096)
);

-- scratch.users_manifest_rows_test, where main has left none
-- only if missing: scratch.users_manifest_rows_test
create unlogged table if not exists scratch.users_manifest_rows_test (
    domain_userid varchar(128),
    start_tstamp timestamp
);

-- one transaction
begin;

-- keep others from writing to sessions_userid_manifest_staged meanwhile
lock table scratch.sessions_userid_manifest_staged_test in share row exclusive mode;

-- forget scratch.sessions_userid_manifest_staged_read_test unless main has committed it
delete from scratch.sessions_userid_manifest_staged_read_test
where not exists (select 1 from scratch.users_metadata_this_run_test where committed);

-- empty sessions_userid_manifest_staged at once, if main has read all of it and nobody else reads
-- only if: select exists (select 1 from scratch.sessions_userid_manifest_staged_test)
-- only if: select not exists ( select 1 from pg_stat_activity as a cross join scratch.users_metadata_this_run_test as l where coalesce(a.datname, current_database()) = current_database() and a.pid <> pg_backend_pid() and age(a.backend_xmin) >= age(l.xmin) )
-- only if: select not exists ( select 1 from scratch.sessions_userid_manifest_staged_test as s left join scratch.sessions_userid_manifest_staged_read_test as r on r.group_key = s.domain_userid and r.row_version = s.xmin::text where r.row_version is null )
do $$
begin
    lock table scratch.sessions_userid_manifest_staged_test in access exclusive mode nowait;
    truncate scratch.sessions_userid_manifest_staged_test;
exception
    when lock_not_available or insufficient_privilege or feature_not_supported then null;
end
$$;

-- remove the rows of sessions_userid_manifest_staged that main has read
delete from scratch.sessions_userid_manifest_staged_test
where domain_userid in (
    select s.domain_userid
    from scratch.sessions_userid_manifest_staged_test as s
    left join scratch.sessions_userid_manifest_staged_read_test as r
        on r.group_key = s.domain_userid and r.row_version = s.xmin::text
    group by s.domain_userid
    having count(*) = count(r.row_version)
);

-- remove the rows of sessions_userid_manifest_staged that belong to nothing
delete from scratch.sessions_userid_manifest_staged_test
where domain_userid is null
    and exists (select 1 from scratch.users_metadata_this_run_test where committed);

-- forget scratch.users_manifest_rows_test unless main has committed it
delete from scratch.users_manifest_rows_test
where not exists (select 1 from scratch.users_metadata_this_run_test where committed);

-- remove the rows of users_manifest that are written again
delete from derived.users_manifest_test as t
using scratch.users_manifest_rows_test as u
where t.domain_userid = u.domain_userid;

-- write the rows of users_manifest
insert into derived.users_manifest_test (domain_userid, start_tstamp)
select domain_userid, start_tstamp
from scratch.users_manifest_rows_test as rows_this_run;

commit;

-- index users_manifest
-- only if missing: derived.users_manifest_test_domain_userid_idx
create index if not exists users_manifest_test_domain_userid_idx on derived.users_manifest_test (domain_userid);

-- index users_manifest
-- only if missing: derived.users_manifest_test_start_tstamp_idx
create index if not exists users_manifest_test_start_tstamp_idx on derived.users_manifest_test (start_tstamp);

-- statistics of derived.users_manifest_test
-- only if: select pg_relation_size(c.oid) > 1.1 * c.relpages * current_setting('block_size')::int from pg_class as c where c.oid = to_regclass('derived.users_manifest_test')
analyze derived.users_manifest_test (domain_userid, start_tstamp);

-- drop the run id: the run ends here
-- only if there: scratch.metadata_run_id_test
drop table if exists scratch.metadata_run_id_test;
