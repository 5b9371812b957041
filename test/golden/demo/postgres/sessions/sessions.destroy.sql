-- drop scratch.session_interests_rows
drop table if exists scratch.session_interests_rows;

-- drop derived.session_interests
drop table if exists derived.session_interests;

-- drop scratch.sessions_replaced
drop table if exists scratch.sessions_replaced;

-- drop scratch.sessions_batch
drop table if exists scratch.sessions_batch;

-- drop scratch.sessions_this_run
drop table if exists scratch.sessions_this_run;

-- drop scratch.sessions_limits
drop table if exists scratch.sessions_limits;

-- drop scratch.sessions_userid_manifest_staged_rows
drop table if exists scratch.sessions_userid_manifest_staged_rows;

-- drop scratch.page_views_staged_read
drop table if exists scratch.page_views_staged_read;

-- drop scratch.page_views_staged_removed_read
drop table if exists scratch.page_views_staged_removed_read;

-- drop scratch.sessions_metadata_this_run
drop table if exists scratch.sessions_metadata_this_run;

-- drop derived.sessions
drop table if exists derived.sessions;

-- drop scratch.sessions_userid_manifest_staged
drop table if exists scratch.sessions_userid_manifest_staged;

-- drop scratch.sessions_userid_manifest_staged_removed
drop table if exists scratch.sessions_userid_manifest_staged_removed;

-- remove the metadata of sessions
-- only if: select to_regclass('derived.datamodel_metadata') is not null
delete from derived.datamodel_metadata
where module = 'sessions';

-- forget which rows of sessions were there before
-- only if: select to_regclass('derived.inherited_rows') is not null
delete from derived.inherited_rows
where table_name in ('sessions', 'sessions_replaced', 'sessions_batch', 'sessions_this_run', 'sessions_userid_manifest_staged', 'sessions_userid_manifest_staged_removed', 'sessions_of_page_views', 'sessions_values', 'sessions_times', 'unique_sessions_domain_sessionid', 'not_null_sessions_domain_sessionid', 'sessions_have_page_views', 'sessions_have_users');

-- drop that note with the last module
-- only if: select to_regclass('derived.inherited_rows') is not null
-- only if: select not exists (select 1 from derived.inherited_rows)
drop table if exists derived.inherited_rows;

-- drop the run id with the last module
-- only if: select to_regclass('derived.datamodel_metadata') is not null
-- only if: select not exists (select 1 from derived.datamodel_metadata)
drop table if exists scratch.metadata_run_id;

-- drop the metadata with the last module
-- only if: select to_regclass('derived.datamodel_metadata') is not null
-- only if: select not exists (select 1 from derived.datamodel_metadata)
drop table if exists derived.datamodel_metadata;
