-- drop derived.users
drop table if exists derived.users;

-- drop scratch.users_batch
drop table if exists scratch.users_batch;

-- drop derived.users_manifest
drop table if exists derived.users_manifest;

-- drop scratch.users_this_run
drop table if exists scratch.users_this_run;

-- drop scratch.users_replaced
drop table if exists scratch.users_replaced;

-- drop scratch.users_limits
drop table if exists scratch.users_limits;

-- drop scratch.users_manifest_rows
drop table if exists scratch.users_manifest_rows;

-- drop scratch.sessions_userid_manifest_staged_read
drop table if exists scratch.sessions_userid_manifest_staged_read;

-- drop scratch.users_metadata_this_run
drop table if exists scratch.users_metadata_this_run;

-- remove the metadata of users
-- only if: select to_regclass('derived.datamodel_metadata') is not null
delete from derived.datamodel_metadata
where module = 'users';

-- drop the run id with the last module
-- only if: select to_regclass('derived.datamodel_metadata') is not null
-- only if: select not exists (select 1 from derived.datamodel_metadata)
drop table if exists scratch.metadata_run_id;

-- drop the metadata with the last module
-- only if: select to_regclass('derived.datamodel_metadata') is not null
-- only if: select not exists (select 1 from derived.datamodel_metadata)
drop table if exists derived.datamodel_metadata;
