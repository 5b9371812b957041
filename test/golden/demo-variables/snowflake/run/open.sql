-- the schema scratch
-- only if: select not (select count(*) > 0 from information_schema.schemata where schema_name = 'SCRATCH')
create schema if not exists scratch;

-- the schema derived
-- only if: select not (select count(*) > 0 from information_schema.schemata where schema_name = 'DERIVED')
create schema if not exists derived;

-- the schema atomic
-- only if: select not (select count(*) > 0 from information_schema.schemata where schema_name = 'ATOMIC')
create schema if not exists atomic;

-- the mark of a run under way
create table if not exists scratch.metadata_run_open_test (
    opened_tstamp timestamp_ntz
);

-- forget the id of a run that died
-- only if: select exists (select 1 from scratch.metadata_run_open_test)
drop table if exists scratch.metadata_run_id_test;

-- mark this run as under way
insert into scratch.metadata_run_open_test (opened_tstamp)
select sysdate()
where not exists (select 1 from scratch.metadata_run_open_test);

-- the metadata of all runs
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
create table if not exists derived.inherited_rows_test (
    table_name varchar,
    newest_tstamp timestamp_ntz,
    noted_tstamp timestamp_ntz
);

-- the run id table
create table if not exists scratch.metadata_run_id_test (
    run_id timestamp_ntz
);

-- the id of this run, unless it has one
insert into scratch.metadata_run_id_test (run_id)
select sysdate()
where not exists (select 1 from scratch.metadata_run_id_test);
