-- what is there of all that this run may make or drop
select lower(n.schema_name) as name
from information_schema.schemata as n
where n.schema_name in (
        'ATOMIC',
        'DERIVED',
        'SCRATCH'
    )

union all

select lower(t.table_schema) || '.' || lower(t.table_name) as name
from information_schema.tables as t
where (t.table_schema = 'ATOMIC' and t.table_name in (
        'COM_SNOWPLOWANALYTICS_SNOWPLOW_WEB_PAGE_1',
        'EVENTS'
    ))
or (t.table_schema = 'DERIVED' and t.table_name in (
        'BASE_EVENT_ID_MANIFEST_TEST',
        'BASE_SESSION_ID_MANIFEST_TEST',
        'DATAMODEL_METADATA_TEST',
        'INHERITED_ROWS_TEST',
        'PAGE_VIEWS_TEST',
        'SESSION_DOWNLOADS_TEST',
        'SESSION_INTERESTS_TEST',
        'SESSIONS_TEST',
        'USERS_MANIFEST_TEST',
        'USERS_TEST'
    ))
or (t.table_schema = 'SCRATCH' and t.table_name in (
        'BASE_EVENT_COPIES_TEST',
        'BASE_EVENTS_READ_TEST',
        'BASE_GAP_LIMITS_TEST',
        'BASE_GAP_SESSIONS_TEST',
        'BASE_METADATA_THIS_RUN_TEST',
        'BASE_SESSION_ID_MANIFEST_ROWS_TEST',
        'BASE_SESSIONS_THIS_RUN_TEST',
        'BASE_WINDOW_LIMITS_TEST',
        'BASE_WINDOW_SESSIONS_TEST',
        'EVENT_COPIES_TEST',
        'EVENT_DUPLICATES_TEST',
        'EVENTS_STAGED_READ_TEST',
        'EVENTS_STAGED_REMOVED_READ_TEST',
        'EVENTS_STAGED_REMOVED_TEST',
        'EVENTS_STAGED_ROWS_TEST',
        'EVENTS_STAGED_TEST',
        'EVENTS_STAGED_WRITTEN_TEST',
        'EVENTS_THIS_RUN_TEST',
        'METADATA_RUN_ID_TEST',
        'METADATA_RUN_OPEN_TEST',
        'PAGE_VIEW_ACTIVITY_TEST',
        'PAGE_VIEW_BOTS_TEST',
        'PAGE_VIEW_DUPLICATES_TEST',
        'PAGE_VIEW_EVENTS_TEST',
        'PAGE_VIEWS_BATCH_TEST',
        'PAGE_VIEWS_LIMITS_TEST',
        'PAGE_VIEWS_MEASURED_TEST',
        'PAGE_VIEWS_METADATA_THIS_RUN_TEST',
        'PAGE_VIEWS_REPLACED_TEST',
        'PAGE_VIEWS_STAGED_READ_TEST',
        'PAGE_VIEWS_STAGED_REMOVED_READ_TEST',
        'PAGE_VIEWS_STAGED_REMOVED_TEST',
        'PAGE_VIEWS_STAGED_ROWS_TEST',
        'PAGE_VIEWS_STAGED_TEST',
        'PAGE_VIEWS_STAGED_WRITTEN_TEST',
        'PAGE_VIEWS_THIS_RUN_TEST',
        'SESSION_DOWNLOADS_ROWS_TEST',
        'SESSION_INTERESTS_ROWS_TEST',
        'SESSIONS_BATCH_TEST',
        'SESSIONS_METADATA_THIS_RUN_TEST',
        'SESSIONS_REPLACED_TEST',
        'SESSIONS_THIS_RUN_TEST',
        'SESSIONS_USERID_MANIFEST_STAGED_READ_TEST',
        'SESSIONS_USERID_MANIFEST_STAGED_ROWS_TEST',
        'SESSIONS_USERID_MANIFEST_STAGED_TEST',
        'SESSIONS_USERID_MANIFEST_STAGED_WRITTEN_TEST',
        'USERS_BATCH_TEST',
        'USERS_MANIFEST_ROWS_TEST',
        'USERS_METADATA_THIS_RUN_TEST',
        'USERS_REPLACED_TEST',
        'USERS_THIS_RUN_TEST'
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
    opened_tstamp timestamp_ntz
);

-- mark this run as under way
insert into scratch.metadata_run_open_test (opened_tstamp)
select sysdate()
where not exists (select 1 from scratch.metadata_run_open_test);

-- the metadata of all runs
-- only if missing: derived.datamodel_metadata_test
create table if not exists derived.datamodel_metadata_test (
    run_id timestamp_ntz,
    model_version varchar,
    model varchar,
    module varchar,
    run_start_tstamp timestamp_ntz,
    run_end_tstamp timestamp_ntz,
    rows_this_run integer,
    distinct_key varchar,
    distinct_key_count integer,
    time_key varchar,
    min_time_key timestamp_ntz,
    max_time_key timestamp_ntz,
    duplicate_rows_removed integer,
    distinct_keys_removed integer
);

-- the note of rows that another system wrote
-- only if missing: derived.inherited_rows_test
create table if not exists derived.inherited_rows_test (
    table_name varchar,
    newest_tstamp timestamp_ntz,
    noted_tstamp timestamp_ntz
);

-- the run id table
-- only if missing: scratch.metadata_run_id_test
create table if not exists scratch.metadata_run_id_test (
    run_id timestamp_ntz
);

-- the id of this run, unless it has one
insert into scratch.metadata_run_id_test (run_id)
select sysdate()
where not exists (select 1 from scratch.metadata_run_id_test);
