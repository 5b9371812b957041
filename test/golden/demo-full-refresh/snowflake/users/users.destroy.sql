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

-- drop derived.users
-- only if there: derived.users
drop table if exists derived.users;

-- drop derived.users_manifest
-- only if there: derived.users_manifest
drop table if exists derived.users_manifest;

-- remove the metadata of users
-- only if there: derived.datamodel_metadata
delete from derived.datamodel_metadata
where module = 'users';

-- forget which rows of users were there before
-- only if there: derived.inherited_rows
delete from derived.inherited_rows
where table_name in ('users_of_sessions', 'users', 'users_replaced', 'users_batch', 'users_manifest', 'users_this_run', 'users_times', 'unique_users_domain_userid', 'not_null_users_domain_userid', 'users_have_sessions');

-- drop that note with the last module
-- only if there: derived.inherited_rows
-- only if: select not exists (select 1 from derived.inherited_rows)
drop table if exists derived.inherited_rows;

-- drop the run id with the last module
-- only if there: derived.datamodel_metadata
-- only if: select not exists (select 1 from derived.datamodel_metadata)
drop table if exists scratch.metadata_run_id;

-- drop the metadata with the last module
-- only if there: derived.datamodel_metadata
-- only if: select not exists (select 1 from derived.datamodel_metadata)
drop table if exists derived.datamodel_metadata;
