-- the scratch schema
create schema if not exists scratch;

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
