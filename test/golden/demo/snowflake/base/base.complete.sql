-- the table base_event_id_manifest, where it is missing
-- only if missing: derived.base_event_id_manifest
create table if not exists derived.base_event_id_manifest (
    event_id varchar,
    collector_tstamp timestamp_ntz
)
cluster by (to_date(collector_tstamp));

-- the table base_session_id_manifest, where it is missing
-- only if missing: derived.base_session_id_manifest
create table if not exists derived.base_session_id_manifest (
    session_id varchar,
    min_tstamp timestamp_ntz
);

-- scratch.base_metadata_this_run, where main has left none
-- only if base finds something new
-- only if missing: scratch.base_metadata_this_run
create transient table if not exists scratch.base_metadata_this_run (
    run_id timestamp_ntz,
    run_start_tstamp timestamp_ntz,
    committed boolean
);

-- scratch.base_session_id_manifest_rows, where main has left none
-- only if base finds something new
-- only if missing: scratch.base_session_id_manifest_rows
create transient table if not exists scratch.base_session_id_manifest_rows (
    session_id varchar,
    min_tstamp timestamp_ntz
);

-- one transaction, only if base finds something new
begin;

-- forget scratch.base_session_id_manifest_rows unless main has committed it
delete from scratch.base_session_id_manifest_rows
where not exists (select 1 from scratch.base_metadata_this_run where committed);

-- remove the rows of base_session_id_manifest that are written again
delete from derived.base_session_id_manifest
using scratch.base_session_id_manifest_rows as u
where base_session_id_manifest.session_id = u.session_id;

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

-- drop scratch.base_event_copies
-- only if there: scratch.base_event_copies
drop table if exists scratch.base_event_copies;

-- drop scratch.base_events_read
-- only if there: scratch.base_events_read
drop table if exists scratch.base_events_read;

-- drop scratch.base_gap_limits
-- only if there: scratch.base_gap_limits
drop table if exists scratch.base_gap_limits;

-- drop scratch.base_gap_sessions
-- only if there: scratch.base_gap_sessions
drop table if exists scratch.base_gap_sessions;

-- drop scratch.base_sessions_this_run
-- only if there: scratch.base_sessions_this_run
drop table if exists scratch.base_sessions_this_run;

-- drop scratch.base_window_limits
-- only if there: scratch.base_window_limits
drop table if exists scratch.base_window_limits;

-- drop scratch.base_window_sessions
-- only if there: scratch.base_window_sessions
drop table if exists scratch.base_window_sessions;

-- drop scratch.event_copies
-- only if there: scratch.event_copies
drop table if exists scratch.event_copies;

-- drop scratch.event_duplicates
-- only if there: scratch.event_duplicates
drop table if exists scratch.event_duplicates;

-- drop scratch.events_this_run
-- only if there: scratch.events_this_run
drop table if exists scratch.events_this_run;

-- drop scratch.events_staged_rows
-- only if there: scratch.events_staged_rows
drop table if exists scratch.events_staged_rows;

-- drop scratch.base_session_id_manifest_rows
-- only if there: scratch.base_session_id_manifest_rows
drop table if exists scratch.base_session_id_manifest_rows;

-- drop scratch.base_metadata_this_run
-- only if there: scratch.base_metadata_this_run
drop table if exists scratch.base_metadata_this_run;
