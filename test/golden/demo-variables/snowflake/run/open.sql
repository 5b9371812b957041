-- the scratch schema
create schema if not exists scratch;

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
