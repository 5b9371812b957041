-- drop scratch.session_interests_rows
-- only if there: scratch.session_interests_rows
drop table if exists scratch.session_interests_rows;

-- drop derived.session_interests
-- only if there: derived.session_interests
drop table if exists derived.session_interests;

-- drop scratch.sessions_replaced
-- only if there: scratch.sessions_replaced
drop table if exists scratch.sessions_replaced;

-- drop scratch.sessions_batch
-- only if there: scratch.sessions_batch
drop table if exists scratch.sessions_batch;

-- drop scratch.sessions_this_run
-- only if there: scratch.sessions_this_run
drop table if exists scratch.sessions_this_run;

-- drop scratch.sessions_limits
-- only if there: scratch.sessions_limits
drop table if exists scratch.sessions_limits;

-- drop scratch.sessions_userid_manifest_staged_rows
-- only if there: scratch.sessions_userid_manifest_staged_rows
drop table if exists scratch.sessions_userid_manifest_staged_rows;

-- drop scratch.page_views_staged_read
-- only if there: scratch.page_views_staged_read
drop table if exists scratch.page_views_staged_read;

-- drop scratch.page_views_staged_removed_read
-- only if there: scratch.page_views_staged_removed_read
drop table if exists scratch.page_views_staged_removed_read;

-- drop scratch.sessions_metadata_this_run
-- only if there: scratch.sessions_metadata_this_run
drop table if exists scratch.sessions_metadata_this_run;

-- drop derived.sessions
-- only if there: derived.sessions
drop table if exists derived.sessions;

-- drop scratch.sessions_userid_manifest_staged
-- only if there: scratch.sessions_userid_manifest_staged
drop table if exists scratch.sessions_userid_manifest_staged;

-- drop scratch.sessions_userid_manifest_staged_removed
-- only if there: scratch.sessions_userid_manifest_staged_removed
drop table if exists scratch.sessions_userid_manifest_staged_removed;

-- drop scratch.sessions_userid_manifest_staged_written
-- only if there: scratch.sessions_userid_manifest_staged_written
drop table if exists scratch.sessions_userid_manifest_staged_written;

-- remove the metadata of sessions
-- only if there: derived.datamodel_metadata
delete from derived.datamodel_metadata
where module = 'sessions';

-- forget which rows of sessions were there before
-- only if there: derived.inherited_rows
delete from derived.inherited_rows
where table_name in ('sessions', 'sessions_replaced', 'sessions_batch', 'sessions_this_run', 'sessions_userid_manifest_staged', 'sessions_userid_manifest_staged_removed', 'sessions_of_page_views', 'sessions_values', 'sessions_times', 'unique_sessions_domain_sessionid', 'not_null_sessions_domain_sessionid', 'sessions_have_page_views', 'sessions_have_users');

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
