-- drop scratch.session_downloads_rows_test
-- only if there: scratch.session_downloads_rows_test
drop table if exists scratch.session_downloads_rows_test;

-- drop derived.session_downloads_test
-- only if there: derived.session_downloads_test
drop table if exists derived.session_downloads_test;

-- drop scratch.events_this_run_test if it is a table
-- only if there: scratch.events_this_run_test
-- only if: select count(*) > 0 from information_schema.tables where table_schema = 'scratch' and table_name = 'events_this_run_test' and table_type = 'BASE TABLE'
drop table if exists scratch.events_this_run_test;

-- drop scratch.events_this_run_test
-- only if there: scratch.events_this_run_test
drop view if exists scratch.events_this_run_test;

-- drop scratch.base_event_copies_test
-- only if there: scratch.base_event_copies_test
drop table if exists scratch.base_event_copies_test;

-- drop scratch.base_events_read_test
-- only if there: scratch.base_events_read_test
drop table if exists scratch.base_events_read_test;

-- drop scratch.base_gap_limits_test
-- only if there: scratch.base_gap_limits_test
drop table if exists scratch.base_gap_limits_test;

-- drop scratch.base_gap_sessions_test
-- only if there: scratch.base_gap_sessions_test
drop table if exists scratch.base_gap_sessions_test;

-- drop scratch.base_sessions_this_run_test
-- only if there: scratch.base_sessions_this_run_test
drop table if exists scratch.base_sessions_this_run_test;

-- drop scratch.base_window_limits_test
-- only if there: scratch.base_window_limits_test
drop table if exists scratch.base_window_limits_test;

-- drop scratch.base_window_sessions_test
-- only if there: scratch.base_window_sessions_test
drop table if exists scratch.base_window_sessions_test;

-- drop scratch.event_copies_test
-- only if there: scratch.event_copies_test
drop table if exists scratch.event_copies_test;

-- drop scratch.event_duplicates_test
-- only if there: scratch.event_duplicates_test
drop table if exists scratch.event_duplicates_test;

-- drop scratch.events_staged_rows_test
-- only if there: scratch.events_staged_rows_test
drop table if exists scratch.events_staged_rows_test;

-- drop scratch.base_session_id_manifest_rows_test
-- only if there: scratch.base_session_id_manifest_rows_test
drop table if exists scratch.base_session_id_manifest_rows_test;

-- drop scratch.base_metadata_this_run_test
-- only if there: scratch.base_metadata_this_run_test
drop table if exists scratch.base_metadata_this_run_test;

-- drop derived.base_event_id_manifest_test
-- only if there: derived.base_event_id_manifest_test
drop table if exists derived.base_event_id_manifest_test;

-- drop derived.base_session_id_manifest_test
-- only if there: derived.base_session_id_manifest_test
drop table if exists derived.base_session_id_manifest_test;

-- drop scratch.events_staged_test
-- only if there: scratch.events_staged_test
drop table if exists scratch.events_staged_test;

-- drop scratch.events_staged_removed_test
-- only if there: scratch.events_staged_removed_test
drop table if exists scratch.events_staged_removed_test;

-- drop scratch.events_staged_written_test
-- only if there: scratch.events_staged_written_test
drop table if exists scratch.events_staged_written_test;

-- remove the metadata of base
-- only if there: derived.datamodel_metadata_test
delete from derived.datamodel_metadata_test
where module = 'base';

-- forget which rows of base were there before
-- only if there: derived.inherited_rows_test
delete from derived.inherited_rows_test
where table_name in ('base_event_copies', 'base_event_id_manifest', 'base_events_kept', 'base_events_read', 'base_gap_events', 'base_gap_limits', 'base_gap_sessions', 'base_left_out', 'base_left_out_at_rest', 'base_limits', 'base_progress', 'base_progress_at_rest', 'base_session_id_manifest', 'base_sessions_this_run', 'base_window_events', 'base_window_limits', 'base_window_sessions', 'base_work', 'event_copies', 'event_copies_kept', 'event_duplicates', 'events_in_short', 'events_staged', 'events_staged_removed', 'events_this_run', 'metadata_counts');

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
