-- the table base_event_id_manifest, where it is missing
-- only if missing: derived.base_event_id_manifest
create table if not exists derived.base_event_id_manifest (
    event_id varchar(36),
    collector_tstamp timestamp
);

-- the table base_session_id_manifest, where it is missing
-- only if missing: derived.base_session_id_manifest
create table if not exists derived.base_session_id_manifest (
    session_id varchar(128),
    min_tstamp timestamp
);

-- scratch.base_metadata_this_run, where main has left none
-- only if base finds something new
-- only if missing: scratch.base_metadata_this_run
create unlogged table if not exists scratch.base_metadata_this_run (
    run_id timestamp,
    run_start_tstamp timestamp,
    committed boolean
);

-- scratch.base_session_id_manifest_rows, where main has left none
-- only if base finds something new
-- only if missing: scratch.base_session_id_manifest_rows
create unlogged table if not exists scratch.base_session_id_manifest_rows (
    session_id varchar(128),
    min_tstamp timestamp
);

-- one transaction, only if base finds something new
begin;

-- forget scratch.base_session_id_manifest_rows unless main has committed it
delete from scratch.base_session_id_manifest_rows
where not exists (select 1 from scratch.base_metadata_this_run where committed);

-- remove the rows of base_session_id_manifest that are written again
delete from derived.base_session_id_manifest as t
using scratch.base_session_id_manifest_rows as u
where t.session_id = u.session_id;

-- write the rows of base_session_id_manifest
insert into derived.base_session_id_manifest (session_id, min_tstamp)
select session_id, min_tstamp
from scratch.base_session_id_manifest_rows as rows_this_run;

-- write the rows of base_event_id_manifest
-- only if there: scratch.base_events_read
-- only if there: scratch.base_event_copies
insert into derived.base_event_id_manifest (event_id, collector_tstamp)
select event_id, collector_tstamp
from (
-- Every copy of an event that was read, so that it makes no work again. In the order of their times, by which they are
-- looked up: so they stand together, and an index grows at its end.
select
    r.event_id,
    r.collector_tstamp
from scratch.base_events_read as r
left join scratch.base_event_copies as c on c.event_id = r.event_id
where r.is_unread = 1
    and r.event_id is not null
    and c.event_id is null

union all

select
    k.event_id,
    k.collector_tstamp
from (
    select
        r.event_id,
        r.collector_tstamp
    from scratch.base_events_read as r
    inner join scratch.base_event_copies as c on c.event_id = r.event_id
    where r.is_unread = 1

    union

    select
        r.event_id,
        r.collector_tstamp
    from scratch.base_events_read as r
    where r.is_unread = 1
        and r.event_id is null
) as k
order by collector_tstamp
) as rows_this_run
where exists (select 1 from scratch.base_metadata_this_run where committed);

-- note that base is complete
update scratch.base_metadata_this_run
set committed = false;

commit;

-- index base_event_id_manifest
-- only if missing: derived.base_event_id_manifest_collector_tstamp_idx
create index if not exists base_event_id_manifest_collector_tstamp_idx on derived.base_event_id_manifest (collector_tstamp);

-- statistics of derived.base_event_id_manifest
-- only if base finds something new
-- only if: select pg_relation_size(c.oid) > 1.1 * c.relpages * current_setting('block_size')::int from pg_class as c where c.oid = to_regclass('derived.base_event_id_manifest')
analyze derived.base_event_id_manifest (event_id, collector_tstamp);

-- index base_session_id_manifest
-- only if missing: derived.base_session_id_manifest_session_id_idx
create index if not exists base_session_id_manifest_session_id_idx on derived.base_session_id_manifest (session_id);

-- statistics of derived.base_session_id_manifest
-- only if base finds something new
-- only if: select pg_relation_size(c.oid) > 1.1 * c.relpages * current_setting('block_size')::int from pg_class as c where c.oid = to_regclass('derived.base_session_id_manifest')
analyze derived.base_session_id_manifest (session_id);

-- drop scratch.events_this_run
-- only if there: scratch.events_this_run
drop view if exists scratch.events_this_run;

-- drop the scratch tables of base
-- only if there: scratch.base_event_copies or scratch.base_events_read or scratch.base_gap_limits or scratch.base_gap_sessions or scratch.base_sessions_this_run or scratch.base_window_limits or scratch.base_window_sessions or scratch.event_copies or scratch.event_duplicates or scratch.events_staged_rows or scratch.base_session_id_manifest_rows or scratch.base_metadata_this_run
drop table if exists
    scratch.base_event_copies,
    scratch.base_events_read,
    scratch.base_gap_limits,
    scratch.base_gap_sessions,
    scratch.base_sessions_this_run,
    scratch.base_window_limits,
    scratch.base_window_sessions,
    scratch.event_copies,
    scratch.event_duplicates,
    scratch.events_staged_rows,
    scratch.base_session_id_manifest_rows,
    scratch.base_metadata_this_run;
