-- drop scratch.users_replaced_test
drop table if exists scratch.users_replaced_test;

-- drop scratch.users_batch_test
drop table if exists scratch.users_batch_test;

-- drop scratch.users_this_run_test
drop table if exists scratch.users_this_run_test;

-- drop scratch.users_limits_test
drop table if exists scratch.users_limits_test;

-- drop scratch.users_manifest_rows_test
drop table if exists scratch.users_manifest_rows_test;

-- drop scratch.sessions_userid_manifest_staged_read_test
drop table if exists scratch.sessions_userid_manifest_staged_read_test;

-- drop scratch.users_metadata_this_run_test
drop table if exists scratch.users_metadata_this_run_test;

-- drop derived.users_test
drop table if exists derived.users_test;

-- drop derived.users_manifest_test
drop table if exists derived.users_manifest_test;

-- remove the metadata of users
-- only if: select count(*) > 0 from information_schema.tables where table_schema = 'DERIVED' and table_name = 'DATAMODEL_METADATA_TEST'
delete from derived.datamodel_metadata_test
where module = 'users';

-- forget which rows of users were there before
-- only if: select count(*) > 0 from information_schema.tables where table_schema = 'DERIVED' and table_name = 'INHERITED_ROWS_TEST'
delete from derived.inherited_rows_test
where table_name in ('users_of_sessions', 'users', 'users_replaced', 'users_batch', 'users_manifest', 'users_this_run', 'users_times', 'unique_users_domain_userid', 'not_null_users_domain_userid', 'users_have_sessions');

-- drop that note with the last module
-- only if: select count(*) > 0 from information_schema.tables where table_schema = 'DERIVED' and table_name = 'INHERITED_ROWS_TEST'
-- only if: select not exists (select 1 from derived.inherited_rows_test)
drop table if exists derived.inherited_rows_test;

-- drop the run id with the last module
-- only if: select count(*) > 0 from information_schema.tables where table_schema = 'DERIVED' and table_name = 'DATAMODEL_METADATA_TEST'
-- only if: select not exists (select 1 from derived.datamodel_metadata_test)
drop table if exists scratch.metadata_run_id_test;

-- drop the metadata with the last module
-- only if: select count(*) > 0 from information_schema.tables where table_schema = 'DERIVED' and table_name = 'DATAMODEL_METADATA_TEST'
-- only if: select not exists (select 1 from derived.datamodel_metadata_test)
drop table if exists derived.datamodel_metadata_test;
