-- what is there of all that this run may make or drop
select lower(n.nspname) as name
from pg_namespace as n
where n.nspname in (
        'atomic',
        'derived',
        'scratch'
    )

union all

select lower(t.table_schema) || '.' || lower(t.table_name) as name
from information_schema.tables as t
where (t.table_schema = 'atomic' and t.table_name in (
        'com_snowplowanalytics_snowplow_web_page_1',
        'events'
    ))
or (t.table_schema = 'derived' and t.table_name in (
        'base_event_id_manifest_test',
        'base_session_id_manifest_test',
        'datamodel_metadata_test',
        'inherited_rows_test',
        'page_views_test',
        'session_downloads_test',
        'session_interests_test',
        'sessions_test',
        'users_manifest_test',
        'users_test'
    ))
or (t.table_schema = 'scratch' and t.table_name in (
        'base_event_copies_test',
        'base_events_read_test',
        'base_gap_limits_test',
        'base_gap_sessions_test',
        'base_metadata_this_run_test',
        'base_session_id_manifest_rows_test',
        'base_sessions_this_run_test',
        'base_window_limits_test',
        'base_window_sessions_test',
        'event_copies_test',
        'event_duplicates_test',
        'events_staged_read_test',
        'events_staged_removed_read_test',
        'events_staged_removed_test',
        'events_staged_rows_test',
        'events_staged_test',
        'events_staged_written_test',
        'events_this_run_test',
        'metadata_run_id_test',
        'metadata_run_open_test',
        'page_view_activity_test',
        'page_view_bots_test',
        'page_view_duplicates_test',
        'page_view_events_test',
        'page_views_batch_test',
        'page_views_limits_test',
        'page_views_measured_test',
        'page_views_metadata_this_run_test',
        'page_views_replaced_test',
        'page_views_staged_read_test',
        'page_views_staged_removed_read_test',
        'page_views_staged_removed_test',
        'page_views_staged_rows_test',
        'page_views_staged_test',
        'page_views_staged_written_test',
        'page_views_this_run_test',
        'session_downloads_rows_test',
        'session_interests_rows_test',
        'sessions_batch_test',
        'sessions_metadata_this_run_test',
        'sessions_replaced_test',
        'sessions_this_run_test',
        'sessions_userid_manifest_staged_read_test',
        'sessions_userid_manifest_staged_rows_test',
        'sessions_userid_manifest_staged_test',
        'sessions_userid_manifest_staged_written_test',
        'users_batch_test',
        'users_manifest_rows_test',
        'users_metadata_this_run_test',
        'users_replaced_test',
        'users_this_run_test'
    ));

-- the schema scratch
-- only if missing: scratch
create schema if not exists scratch;

-- the schema derived
-- only if missing: derived
create schema if not exists derived;

-- the schema atomic
-- only if missing: atomic
create schema if not exists atomic;

-- forget the id of a run that died
-- only if there: scratch.metadata_run_open_test
-- only if: select exists (select 1 from scratch.metadata_run_open_test)
drop table if exists scratch.metadata_run_id_test;

-- the mark of a run under way
-- only if missing: scratch.metadata_run_open_test
create table if not exists scratch.metadata_run_open_test (
    opened_tstamp timestamp
);

-- mark this run as under way
insert into scratch.metadata_run_open_test (opened_tstamp)
select getdate()
where not exists (select 1 from scratch.metadata_run_open_test);

-- the metadata of all runs
-- only if missing: derived.datamodel_metadata_test
create table if not exists derived.datamodel_metadata_test (
    run_id timestamp,
    model_version varchar(64),
    model varchar(64),
    module varchar(64),
    run_start_tstamp timestamp,
    run_end_tstamp timestamp,
    rows_this_run int,
    distinct_key varchar(64),
    distinct_key_count int,
    time_key varchar(64),
    min_time_key timestamp,
    max_time_key timestamp,
    duplicate_rows_removed int,
    distinct_keys_removed int
);

-- the note of rows that another system wrote
-- only if missing: derived.inherited_rows_test
create table if not exists derived.inherited_rows_test (
    table_name varchar(255),
    newest_tstamp timestamp,
    noted_tstamp timestamp
);

-- the run id table
-- only if missing: scratch.metadata_run_id_test
create table if not exists scratch.metadata_run_id_test (
    run_id timestamp
);

-- the id of this run, unless it has one
insert into scratch.metadata_run_id_test (run_id)
select getdate()
where not exists (select 1 from scratch.metadata_run_id_test);
