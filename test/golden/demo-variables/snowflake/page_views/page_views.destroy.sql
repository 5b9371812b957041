-- drop scratch.page_views_this_run_test if it is a table
-- only if there: scratch.page_views_this_run_test
-- only if: select count(*) > 0 from information_schema.tables where table_schema = 'SCRATCH' and table_name = 'PAGE_VIEWS_THIS_RUN_TEST' and table_type = 'BASE TABLE'
drop table if exists scratch.page_views_this_run_test;

-- drop scratch.page_views_this_run_test
-- only if there: scratch.page_views_this_run_test
drop view if exists scratch.page_views_this_run_test;

-- drop scratch.page_view_activity_test
-- only if there: scratch.page_view_activity_test
drop table if exists scratch.page_view_activity_test;

-- drop scratch.page_view_bots_test
-- only if there: scratch.page_view_bots_test
drop table if exists scratch.page_view_bots_test;

-- drop scratch.page_view_duplicates_test
-- only if there: scratch.page_view_duplicates_test
drop table if exists scratch.page_view_duplicates_test;

-- drop scratch.page_view_events_test
-- only if there: scratch.page_view_events_test
drop table if exists scratch.page_view_events_test;

-- drop scratch.page_views_replaced_test
-- only if there: scratch.page_views_replaced_test
drop table if exists scratch.page_views_replaced_test;

-- drop scratch.page_views_batch_test
-- only if there: scratch.page_views_batch_test
drop table if exists scratch.page_views_batch_test;

-- drop scratch.page_views_measured_test
-- only if there: scratch.page_views_measured_test
drop table if exists scratch.page_views_measured_test;

-- drop scratch.page_views_limits_test
-- only if there: scratch.page_views_limits_test
drop table if exists scratch.page_views_limits_test;

-- drop scratch.page_views_staged_rows_test
-- only if there: scratch.page_views_staged_rows_test
drop table if exists scratch.page_views_staged_rows_test;

-- drop scratch.events_staged_read_test
-- only if there: scratch.events_staged_read_test
drop table if exists scratch.events_staged_read_test;

-- drop scratch.events_staged_removed_read_test
-- only if there: scratch.events_staged_removed_read_test
drop table if exists scratch.events_staged_removed_read_test;

-- drop scratch.page_views_metadata_this_run_test
-- only if there: scratch.page_views_metadata_this_run_test
drop table if exists scratch.page_views_metadata_this_run_test;

-- drop derived.page_views_test
-- only if there: derived.page_views_test
drop table if exists derived.page_views_test;

-- drop scratch.page_views_staged_test
-- only if there: scratch.page_views_staged_test
drop table if exists scratch.page_views_staged_test;

-- drop scratch.page_views_staged_removed_test
-- only if there: scratch.page_views_staged_removed_test
drop table if exists scratch.page_views_staged_removed_test;

-- drop scratch.page_views_staged_written_test
-- only if there: scratch.page_views_staged_written_test
drop table if exists scratch.page_views_staged_written_test;

-- remove the metadata of page_views
-- only if there: derived.datamodel_metadata_test
delete from derived.datamodel_metadata_test
where module = 'page_views';

-- forget which rows of page_views were there before
-- only if there: derived.inherited_rows_test
delete from derived.inherited_rows_test
where table_name in ('page_view_activity', 'page_view_bots', 'page_view_duplicates', 'page_view_events', 'page_views', 'page_views_replaced', 'page_views_batch', 'page_views_events_limits', 'page_views_measured', 'page_views_staged', 'page_views_staged_removed', 'page_views_this_run', 'page_views_numbering', 'unique_page_views_page_view_id', 'unique_page_views_event_id', 'not_null_page_views_page_view_id_event_id', 'page_views_times', 'page_views_have_sessions');

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
