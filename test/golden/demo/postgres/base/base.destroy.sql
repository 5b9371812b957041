-- drop scratch.session_downloads_rows
-- only if there: scratch.session_downloads_rows
drop table if exists scratch.session_downloads_rows;

-- drop derived.session_downloads
-- only if there: derived.session_downloads
drop table if exists derived.session_downloads;

-- drop scratch.events_this_run if it is a table
-- only if there: scratch.events_this_run
-- only if: select exists (select 1 from pg_class as c where c.oid = to_regclass('scratch.events_this_run') and c.relkind = 'r')
drop table if exists scratch.events_this_run;

-- drop scratch.events_this_run
-- only if there: scratch.events_this_run
drop view if exists scratch.events_this_run;

-- drop scratch.base_event_copies
-- only if there: scratch.base_event_copies
drop table if exists scratch.base_event_copies;

-- drop scratch.base_events_read
-- only if there: scratch.base_events_read
drop table if exists scratch.base_events_read;

-- drop scratch.base_gap_limits
-- only if there: scratch.base_gap_limits
drop table if exists scratch.base_gap_limits;

-- drop scratch.base_gap_sessions
-- only if there: scratch.base_gap_sessions
drop table if exists scratch.base_gap_sessions;

-- drop scratch.base_sessions_this_run
-- only if there: scratch.base_sessions_this_run
drop table if exists scratch.base_sessions_this_run;

-- drop scratch.base_window_limits
-- only if there: scratch.base_window_limits
drop table if exists scratch.base_window_limits;

-- drop scratch.base_window_sessions
-- only if there: scratch.base_window_sessions
drop table if exists scratch.base_window_sessions;

-- drop scratch.event_copies
-- only if there: scratch.event_copies
drop table if exists scratch.event_copies;

-- drop scratch.event_duplicates
-- only if there: scratch.event_duplicates
drop table if exists scratch.event_duplicates;

-- drop scratch.events_staged_rows
-- only if there: scratch.events_staged_rows
drop table if exists scratch.events_staged_rows;

-- drop scratch.base_session_id_manifest_rows
-- only if there: scratch.base_session_id_manifest_rows
drop table if exists scratch.base_session_id_manifest_rows;

-- drop scratch.base_metadata_this_run
-- only if there: scratch.base_metadata_this_run
drop table if exists scratch.base_metadata_this_run;

-- drop derived.base_event_id_manifest
-- only if there: derived.base_event_id_manifest
drop table if exists derived.base_event_id_manifest;

-- drop derived.base_session_id_manifest
-- only if there: derived.base_session_id_manifest
drop table if exists derived.base_session_id_manifest;

-- drop scratch.events_staged
-- only if there: scratch.events_staged
drop table if exists scratch.events_staged;

-- drop scratch.events_staged_removed
-- only if there: scratch.events_staged_removed
drop table if exists scratch.events_staged_removed;

-- remove the metadata of base
-- only if there: derived.datamodel_metadata
delete from derived.datamodel_metadata
where module = 'base';

-- forget which rows of base were there before
-- only if there: derived.inherited_rows
delete from derived.inherited_rows
where table_name in ('base_event_copies', 'base_event_id_manifest', 'base_events_kept', 'base_events_read', 'base_gap_events', 'base_gap_limits', 'base_gap_sessions', 'base_left_out', 'base_left_out_at_rest', 'base_limits', 'base_progress', 'base_progress_at_rest', 'base_session_id_manifest', 'base_sessions_this_run', 'base_window_events', 'base_window_limits', 'base_window_sessions', 'base_work', 'event_copies', 'event_copies_kept', 'event_duplicates', 'events_in_short', 'events_staged', 'events_staged_removed', 'events_this_run', 'metadata_counts');

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
