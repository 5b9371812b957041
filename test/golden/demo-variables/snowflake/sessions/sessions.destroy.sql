-- drop scratch.session_interests_rows_test
-- only if there: scratch.session_interests_rows_test
drop table if exists scratch.session_interests_rows_test;

-- drop derived.session_interests_test
-- only if there: derived.session_interests_test
drop table if exists derived.session_interests_test;

-- drop scratch.sessions_replaced_test
-- only if there: scratch.sessions_replaced_test
drop table if exists scratch.sessions_replaced_test;

-- drop scratch.sessions_batch_test
-- only if there: scratch.sessions_batch_test
drop table if exists scratch.sessions_batch_test;

-- drop scratch.sessions_this_run_test
-- only if there: scratch.sessions_this_run_test
drop table if exists scratch.sessions_this_run_test;

-- drop scratch.sessions_limits_test
-- only if there: scratch.sessions_limits_test
drop table if exists scratch.sessions_limits_test;

-- drop scratch.sessions_userid_manifest_staged_rows_test
-- only if there: scratch.sessions_userid_manifest_staged_rows_test
drop table if exists scratch.sessions_userid_manifest_staged_rows_test;

-- drop scratch.page_views_staged_read_test
-- only if there: scratch.page_views_staged_read_test
drop table if exists scratch.page_views_staged_read_test;

-- drop scratch.page_views_staged_removed_read_test
-- only if there: scratch.page_views_staged_removed_read_test
drop table if exists scratch.page_views_staged_removed_read_test;

-- drop scratch.sessions_metadata_this_run_test
-- only if there: scratch.sessions_metadata_this_run_test
drop table if exists scratch.sessions_metadata_this_run_test;

-- drop derived.sessions_test
-- only if there: derived.sessions_test
drop table if exists derived.sessions_test;

-- drop scratch.sessions_userid_manifest_staged_test
-- only if there: scratch.sessions_userid_manifest_staged_test
drop table if exists scratch.sessions_userid_manifest_staged_test;

-- drop scratch.sessions_userid_manifest_staged_removed_test
-- only if there: scratch.sessions_userid_manifest_staged_removed_test
drop table if exists scratch.sessions_userid_manifest_staged_removed_test;

-- drop scratch.sessions_userid_manifest_staged_written_test
-- only if there: scratch.sessions_userid_manifest_staged_written_test
drop table if exists scratch.sessions_userid_manifest_staged_written_test;

-- remove the metadata of sessions
-- only if there: derived.datamodel_metadata_test
delete from derived.datamodel_metadata_test
where module = 'sessions';

-- forget which rows of sessions were there before
-- only if there: derived.inherited_rows_test
delete from derived.inherited_rows_test
where table_name in ('sessions', 'sessions_replaced', 'sessions_batch', 'sessions_this_run', 'sessions_userid_manifest_staged', 'sessions_userid_manifest_staged_removed', 'sessions_of_page_views', 'sessions_values', 'sessions_times', 'unique_sessions_domain_sessionid', 'not_null_sessions_domain_sessionid', 'sessions_have_page_views', 'sessions_have_users');

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
