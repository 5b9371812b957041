-- the table base_event_id_manifest, where it is missing
-- only if missing: derived.base_event_id_manifest
create table if not exists derived.base_event_id_manifest (
    event_id varchar(36),
    collector_tstamp timestamp
);

-- index base_event_id_manifest
-- only if missing: derived.base_event_id_manifest_collector_tstamp_idx
create index if not exists base_event_id_manifest_collector_tstamp_idx on derived.base_event_id_manifest (collector_tstamp);

-- the table base_session_id_manifest, where it is missing
-- only if missing: derived.base_session_id_manifest
create table if not exists derived.base_session_id_manifest (
    session_id varchar(128),
    min_tstamp timestamp
);

-- index base_session_id_manifest
-- only if missing: derived.base_session_id_manifest_session_id_idx
create index if not exists base_session_id_manifest_session_id_idx on derived.base_session_id_manifest (session_id);

-- scratch.base_metadata_this_run, where main has left none
-- only if base finds something new
-- only if missing: scratch.base_metadata_this_run
create unlogged table if not exists scratch.base_metadata_this_run (
    run_id timestamp,
    run_start_tstamp timestamp,
    committed boolean
);

-- scratch.base_event_id_manifest_rows, where main has left none
-- only if base finds something new
-- only if missing: scratch.base_event_id_manifest_rows
create unlogged table if not exists scratch.base_event_id_manifest_rows (
    event_id varchar(36),
    collector_tstamp timestamp
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

-- forget scratch.base_event_id_manifest_rows unless main has committed it
delete from scratch.base_event_id_manifest_rows
where not exists (select 1 from scratch.base_metadata_this_run where committed);

-- remove the rows of base_event_id_manifest that are written again
delete from derived.base_event_id_manifest as t
using scratch.base_event_id_manifest_rows as u
where t.event_id = u.event_id and t.collector_tstamp = u.collector_tstamp
    and t.collector_tstamp >= (select min(r.collector_tstamp) from scratch.base_event_id_manifest_rows as r);

-- write the rows of base_event_id_manifest
insert into derived.base_event_id_manifest (event_id, collector_tstamp)
select event_id, collector_tstamp
from scratch.base_event_id_manifest_rows as rows_this_run;

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

commit;

-- statistics of derived.base_event_id_manifest
-- only if base finds something new
analyze derived.base_event_id_manifest (event_id, collector_tstamp);

-- statistics of derived.base_session_id_manifest
-- only if base finds something new
analyze derived.base_session_id_manifest (session_id);

-- drop scratch.events_this_run
-- only if there: scratch.events_this_run
drop view if exists scratch.events_this_run;

-- drop the scratch tables of base
-- only if there: scratch.base_event_copies or scratch.base_events_read or scratch.base_gap_events or scratch.base_gap_limits or scratch.base_gap_sessions or scratch.base_sessions_this_run or scratch.base_window_events or scratch.base_window_limits or scratch.base_window_sessions or scratch.event_duplicates or scratch.events_staged_rows or scratch.base_event_id_manifest_rows or scratch.base_session_id_manifest_rows or scratch.base_metadata_this_run
drop table if exists
    scratch.base_event_copies,
    scratch.base_events_read,
    scratch.base_gap_events,
    scratch.base_gap_limits,
    scratch.base_gap_sessions,
    scratch.base_sessions_this_run,
    scratch.base_window_events,
    scratch.base_window_limits,
    scratch.base_window_sessions,
    scratch.event_duplicates,
    scratch.events_staged_rows,
    scratch.base_event_id_manifest_rows,
    scratch.base_session_id_manifest_rows,
    scratch.base_metadata_this_run;
