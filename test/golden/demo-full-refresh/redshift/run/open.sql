-- the schema scratch
-- only if: select not (select count(*) > 0 from pg_namespace where nspname = 'scratch')
create schema if not exists scratch;

-- the schema derived
-- only if: select not (select count(*) > 0 from pg_namespace where nspname = 'derived')
create schema if not exists derived;

-- the mark of a run under way
create table if not exists scratch.metadata_run_open (
    opened_tstamp timestamp
);

-- forget the id of a run that died
-- only if: select exists (select 1 from scratch.metadata_run_open)
drop table if exists scratch.metadata_run_id;

-- mark this run as under way
insert into scratch.metadata_run_open (opened_tstamp)
select getdate()
where not exists (select 1 from scratch.metadata_run_open);

-- the metadata of all runs
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
create table if not exists derived.inherited_rows (
    table_name varchar(255),
    newest_tstamp timestamp,
    noted_tstamp timestamp
);

-- the run id table
create table if not exists scratch.metadata_run_id (
    run_id timestamp
);

-- the id of this run, unless it has one
insert into scratch.metadata_run_id (run_id)
select getdate()
where not exists (select 1 from scratch.metadata_run_id);
