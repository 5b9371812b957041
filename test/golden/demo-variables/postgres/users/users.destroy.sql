-- drop scratch.users_replaced_test
-- only if there: scratch.users_replaced_test
drop table if exists scratch.users_replaced_test;

-- drop scratch.users_batch_test
-- only if there: scratch.users_batch_test
drop table if exists scratch.users_batch_test;

-- drop scratch.users_this_run_test
-- only if there: scratch.users_this_run_test
drop table if exists scratch.users_this_run_test;

-- drop scratch.users_limits_test
-- only if there: scratch.users_limits_test
drop table if exists scratch.users_limits_test;

-- drop scratch.users_manifest_rows_test
-- only if there: scratch.users_manifest_rows_test
drop table if exists scratch.users_manifest_rows_test;

-- drop scratch.sessions_userid_manifest_staged_read_test
-- only if there: scratch.sessions_userid_manifest_staged_read_test
drop table if exists scratch.sessions_userid_manifest_staged_read_test;

-- drop scratch.users_metadata_this_run_test
-- only if there: scratch.users_metadata_this_run_test
drop table if exists scratch.users_metadata_this_run_test;

-- drop derived.users_test
-- only if there: derived.users_test
drop table if exists derived.users_test;

-- drop derived.users_manifest_test
-- only if there: derived.users_manifest_test
drop table if exists derived.users_manifest_test;

-- remove the metadata of users
-- only if there: derived.datamodel_metadata_test
delete from derived.datamodel_metadata_test
where module = 'users';

-- forget which rows of users were there before
-- only if there: derived.inherited_rows_test
delete from derived.inherited_rows_test
where table_name in ('users_of_sessions', 'users', 'users_replaced', 'users_batch', 'users_manifest', 'users_this_run', 'users_times', 'unique_users_domain_userid', 'not_null_users_domain_userid', 'users_have_sessions');

-- drop that note with the last module
-- only if there: derived.inherited_rows_test
-- only if: select not exists (select 1 from derived.inherited_rows_test)
drop table if exists derived.inherited_rows_test;

-- drop the run id with the last module
-- only if there: derived.datamodel_metadata_test
-- only if: select not exists (select 1 from derived.datamodel_metadata_test)
drop table if exists scratch.metadata_run_id_test;

-- drop the metadata with the last module
-- only if there: derived.datamodel_metadata_test
-- only if: select not exists (select 1 from derived.datamodel_metadata_test)
drop table if exists derived.datamodel_metadata_test;
