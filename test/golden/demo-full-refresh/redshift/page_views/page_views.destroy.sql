-- drop scratch.page_views_this_run if it is a table
-- only if there: scratch.page_views_this_run
-- only if: select count(*) > 0 from information_schema.tables where table_schema = 'scratch' and table_name = 'page_views_this_run' and table_type = 'BASE TABLE'
drop table if exists scratch.page_views_this_run;

-- drop scratch.page_views_this_run
-- only if there: scratch.page_views_this_run
drop view if exists scratch.page_views_this_run;

-- drop scratch.page_view_activity
-- only if there: scratch.page_view_activity
drop table if exists scratch.page_view_activity;

-- drop scratch.page_view_bots
-- only if there: scratch.page_view_bots
drop table if exists scratch.page_view_bots;

-- drop scratch.page_view_duplicates
-- only if there: scratch.page_view_duplicates
drop table if exists scratch.page_view_duplicates;

-- drop scratch.page_view_events
-- only if there: scratch.page_view_events
drop table if exists scratch.page_view_events;

-- drop scratch.page_views_replaced
-- only if there: scratch.page_views_replaced
drop table if exists scratch.page_views_replaced;

-- drop scratch.page_views_batch
-- only if there: scratch.page_views_batch
drop table if exists scratch.page_views_batch;

-- drop scratch.page_views_measured
-- only if there: scratch.page_views_measured
drop table if exists scratch.page_views_measured;

-- drop scratch.page_views_limits
-- only if there: scratch.page_views_limits
drop table if exists scratch.page_views_limits;

-- drop scratch.page_views_staged_rows
-- only if there: scratch.page_views_staged_rows
drop table if exists scratch.page_views_staged_rows;

-- drop scratch.events_staged_read
-- only if there: scratch.events_staged_read
drop table if exists scratch.events_staged_read;

-- drop scratch.events_staged_removed_read
-- only if there: scratch.events_staged_removed_read
drop table if exists scratch.events_staged_removed_read;

-- drop scratch.page_views_metadata_this_run
-- only if there: scratch.page_views_metadata_this_run
drop table if exists scratch.page_views_metadata_this_run;

-- drop derived.page_views
-- only if there: derived.page_views
drop table if exists derived.page_views;

-- drop scratch.page_views_staged
-- only if there: scratch.page_views_staged
drop table if exists scratch.page_views_staged;

-- drop scratch.page_views_staged_removed
-- only if there: scratch.page_views_staged_removed
drop table if exists scratch.page_views_staged_removed;

-- drop scratch.page_views_staged_written
-- only if there: scratch.page_views_staged_written
drop table if exists scratch.page_views_staged_written;

-- remove the metadata of page_views
-- only if there: derived.datamodel_metadata
delete from derived.datamodel_metadata
where module = 'page_views';

-- forget which rows of page_views were there before
-- only if there: derived.inherited_rows
delete from derived.inherited_rows
where table_name in ('page_view_activity', 'page_view_bots', 'page_view_duplicates', 'page_view_events', 'page_views', 'page_views_replaced', 'page_views_batch', 'page_views_events_limits', 'page_views_measured', 'page_views_staged', 'page_views_staged_removed', 'page_views_this_run', 'page_views_numbering', 'unique_page_views_page_view_id', 'unique_page_views_event_id', 'not_null_page_views_page_view_id_event_id', 'page_views_times', 'page_views_have_sessions');

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
