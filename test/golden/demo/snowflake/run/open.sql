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
        'BASE_EVENT_ID_MANIFEST',
        'BASE_SESSION_ID_MANIFEST',
        'DATAMODEL_METADATA',
        'INHERITED_ROWS',
        'PAGE_VIEWS',
        'SESSION_DOWNLOADS',
        'SESSION_INTERESTS',
        'SESSIONS',
        'USERS',
        'USERS_MANIFEST'
    ))
or (t.table_schema = 'SCRATCH' and t.table_name in (
        'BASE_EVENT_COPIES',
        'BASE_EVENTS_READ',
        'BASE_GAP_LIMITS',
        'BASE_GAP_SESSIONS',
        'BASE_METADATA_THIS_RUN',
        'BASE_SESSION_ID_MANIFEST_ROWS',
        'BASE_SESSIONS_THIS_RUN',
        'BASE_WINDOW_LIMITS',
        'BASE_WINDOW_SESSIONS',
        'EVENT_COPIES',
        'EVENT_DUPLICATES',
        'EVENTS_STAGED',
        'EVENTS_STAGED_READ',
        'EVENTS_STAGED_REMOVED',
        'EVENTS_STAGED_REMOVED_READ',
        'EVENTS_STAGED_ROWS',
        'EVENTS_STAGED_WRITTEN',
        'EVENTS_THIS_RUN',
        'METADATA_RUN_ID',
        'METADATA_RUN_OPEN',
        'PAGE_VIEW_ACTIVITY',
        'PAGE_VIEW_BOTS',
        'PAGE_VIEW_DUPLICATES',
        'PAGE_VIEW_EVENTS',
        'PAGE_VIEWS_BATCH',
        'PAGE_VIEWS_LIMITS',
        'PAGE_VIEWS_MEASURED',
        'PAGE_VIEWS_METADATA_THIS_RUN',
        'PAGE_VIEWS_REPLACED',
        'PAGE_VIEWS_STAGED',
        'PAGE_VIEWS_STAGED_READ',
        'PAGE_VIEWS_STAGED_REMOVED',
        'PAGE_VIEWS_STAGED_REMOVED_READ',
        'PAGE_VIEWS_STAGED_ROWS',
        'PAGE_VIEWS_STAGED_WRITTEN',
        'PAGE_VIEWS_THIS_RUN',
        'SESSION_DOWNLOADS_ROWS',
        'SESSION_INTERESTS_ROWS',
        'SESSIONS_BATCH',
        'SESSIONS_LIMITS',
        'SESSIONS_METADATA_THIS_RUN',
        'SESSIONS_REPLACED',
        'SESSIONS_THIS_RUN',
        'SESSIONS_USERID_MANIFEST_STAGED',
        'SESSIONS_USERID_MANIFEST_STAGED_READ',
        'SESSIONS_USERID_MANIFEST_STAGED_ROWS',
        'SESSIONS_USERID_MANIFEST_STAGED_WRITTEN',
        'USERS_BATCH',
        'USERS_LIMITS',
        'USERS_MANIFEST_ROWS',
        'USERS_METADATA_THIS_RUN',
        'USERS_REPLACED',
        'USERS_THIS_RUN'
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
-- only if there: scratch.metadata_run_open
-- only if: select exists (select 1 from scratch.metadata_run_open)
drop table if exists scratch.metadata_run_id;

-- the mark of a run under way
-- only if missing: scratch.metadata_run_open
create table if not exists scratch.metadata_run_open (
    opened_tstamp timestamp_ntz
);

-- mark this run as under way
insert into scratch.metadata_run_open (opened_tstamp)
select sysdate()
where not exists (select 1 from scratch.metadata_run_open);

-- the metadata of all runs
-- only if missing: derived.datamodel_metadata
create table if not exists derived.datamodel_metadata (
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
-- only if missing: derived.inherited_rows
create table if not exists derived.inherited_rows (
    table_name varchar,
    newest_tstamp timestamp_ntz,
    noted_tstamp timestamp_ntz
);

-- the run id table
-- only if missing: scratch.metadata_run_id
create table if not exists scratch.metadata_run_id (
    run_id timestamp_ntz
);

-- the id of this run, unless it has one
insert into scratch.metadata_run_id (run_id)
select sysdate()
where not exists (select 1 from scratch.metadata_run_id);
