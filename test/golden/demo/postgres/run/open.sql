-- what is there of all that this run may make or drop
select n.nspname as name
from pg_namespace as n
where n.nspname in (
        'atomic',
        'derived',
        'scratch'
    )

union all

select n.nspname || '.' || c.relname as name
from pg_class as c
inner join pg_namespace as n on n.oid = c.relnamespace
where (n.nspname = 'atomic' and c.relname in (
        'com_snowplowanalytics_snowplow_web_page_1',
        'events'
    ))
or (n.nspname = 'derived' and c.relname in (
        'base_event_id_manifest',
        'base_event_id_manifest_collector_tstamp_idx',
        'base_session_id_manifest',
        'base_session_id_manifest_session_id_idx',
        'datamodel_metadata',
        'inherited_rows',
        'page_views',
        'page_views_domain_sessionid_idx',
        'page_views_page_view_id_idx',
        'page_views_start_tstamp_idx',
        'session_downloads',
        'session_downloads_domain_sessionid_idx',
        'session_downloads_session_start_idx',
        'session_interests',
        'session_interests_domain_sessionid_idx',
        'session_interests_start_tstamp_idx',
        'sessions',
        'sessions_domain_sessionid_idx',
        'sessions_domain_userid_idx',
        'sessions_start_tstamp_idx',
        'users',
        'users_domain_userid_idx',
        'users_manifest',
        'users_manifest_domain_userid_idx',
        'users_manifest_start_tstamp_idx',
        'users_start_tstamp_idx'
    ))
or (n.nspname = 'scratch' and c.relname in (
        'base_event_copies',
        'base_events_read',
        'base_gap_limits',
        'base_gap_sessions',
        'base_metadata_this_run',
        'base_session_id_manifest_rows',
        'base_sessions_this_run',
        'base_window_limits',
        'base_window_sessions',
        'event_copies',
        'event_duplicates',
        'events_staged',
        'events_staged_read',
        'events_staged_removed',
        'events_staged_removed_read',
        'events_staged_rows',
        'events_this_run',
        'metadata_run_id',
        'metadata_run_open',
        'page_view_activity',
        'page_view_bots',
        'page_view_duplicates',
        'page_view_events',
        'page_views_batch',
        'page_views_limits',
        'page_views_measured',
        'page_views_metadata_this_run',
        'page_views_replaced',
        'page_views_staged',
        'page_views_staged_read',
        'page_views_staged_removed',
        'page_views_staged_removed_read',
        'page_views_staged_rows',
        'page_views_this_run',
        'session_downloads_rows',
        'session_interests_rows',
        'sessions_batch',
        'sessions_limits',
        'sessions_metadata_this_run',
        'sessions_replaced',
        'sessions_this_run',
        'sessions_userid_manifest_staged',
        'sessions_userid_manifest_staged_read',
        'sessions_userid_manifest_staged_rows',
        'users_batch',
        'users_limits',
        'users_manifest_rows',
        'users_metadata_this_run',
        'users_replaced',
        'users_this_run'
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
    opened_tstamp timestamp
);

-- mark this run as under way
insert into scratch.metadata_run_open (opened_tstamp)
select (clock_timestamp() at time zone 'utc')
where not exists (select 1 from scratch.metadata_run_open);

-- the metadata of all runs
-- only if missing: derived.datamodel_metadata
create table if not exists derived.datamodel_metadata (
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
-- only if missing: derived.inherited_rows
create table if not exists derived.inherited_rows (
    table_name varchar(255),
    newest_tstamp timestamp,
    noted_tstamp timestamp
);

-- the run id table
-- only if missing: scratch.metadata_run_id
create table if not exists scratch.metadata_run_id (
    run_id timestamp
);

-- the id of this run, unless it has one
insert into scratch.metadata_run_id (run_id)
select (clock_timestamp() at time zone 'utc')
where not exists (select 1 from scratch.metadata_run_id);
