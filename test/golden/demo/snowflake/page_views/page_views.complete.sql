-- the table events_staged_removed, where it is missing
-- only if missing: scratch.events_staged_removed
create table if not exists scratch.events_staged_removed (
    domain_sessionid varchar
);

-- the note of what was written to events_staged
-- only if missing: scratch.events_staged_written
create table if not exists scratch.events_staged_written (
    group_key varchar,
    version varchar
);

-- scratch.page_views_metadata_this_run, where main has left none
-- only if base finds something new
-- only if missing: scratch.page_views_metadata_this_run
create transient table if not exists scratch.page_views_metadata_this_run (
    run_id timestamp_ntz,
    run_start_tstamp timestamp_ntz,
    committed boolean
);

-- scratch.events_staged_read, where main has left none
-- only if base finds something new
-- only if missing: scratch.events_staged_read
create transient table if not exists scratch.events_staged_read (
    group_key varchar,
    row_version varchar
);

-- scratch.events_staged_removed_read, where main has left none
-- only if base finds something new
-- only if missing: scratch.events_staged_removed_read
create transient table if not exists scratch.events_staged_removed_read (
    group_key varchar,
    row_version varchar
);

-- one transaction, only if base finds something new
begin;

-- forget scratch.events_staged_read unless main has committed it
delete from scratch.events_staged_read
where not exists (select 1 from scratch.page_views_metadata_this_run where committed);

-- remove the rows of events_staged that main has read
delete from scratch.events_staged
where domain_sessionid in (
    select r.group_key
    from scratch.events_staged_read as r
    left join scratch.events_staged_written as w on w.group_key = r.group_key
    where coalesce(w.version, 'none') = r.row_version
);

-- remove the rows of events_staged that belong to nothing
delete from scratch.events_staged
where domain_sessionid is null
    and exists (select 1 from scratch.page_views_metadata_this_run where committed);

-- forget the versions of what was removed from events_staged
delete from scratch.events_staged_written
where group_key in (
    select r.group_key
    from scratch.events_staged_read as r
    left join scratch.events_staged as s on s.domain_sessionid = r.group_key
    where s.domain_sessionid is null
);

-- forget what main has read of events_staged
delete from scratch.events_staged_read;

-- forget scratch.events_staged_removed_read unless main has committed it
delete from scratch.events_staged_removed_read
where not exists (select 1 from scratch.page_views_metadata_this_run where committed);

-- remove the rows of events_staged_removed that main has read
delete from scratch.events_staged_removed
where domain_sessionid in (
    select s.domain_sessionid
    from scratch.events_staged_removed as s
    left join scratch.events_staged_removed_read as r
        on r.group_key = s.domain_sessionid and r.row_version = md5(coalesce(md5(s.domain_sessionid), '-'))
    group by s.domain_sessionid
    having count(*) = count(r.row_version)
);

-- remove the rows of events_staged_removed that belong to nothing
delete from scratch.events_staged_removed
where domain_sessionid is null
    and exists (select 1 from scratch.page_views_metadata_this_run where committed);

commit;

-- drop scratch.page_views_this_run
-- only if there: scratch.page_views_this_run
drop view if exists scratch.page_views_this_run;

-- drop scratch.page_view_activity
-- only if there: scratch.page_view_activity
drop table if exists scratch.page_view_activity;

-- drop scratch.page_view_bots
-- only if there: scratch.page_view_bots
drop table if exists scratch.page_view_bots;

-- drop scratch.page_view_duplicates
-- only if there: scratch.page_view_duplicates
drop table if exists scratch.page_view_duplicates;

-- drop scratch.page_view_events
-- only if there: scratch.page_view_events
drop table if exists scratch.page_view_events;

-- drop scratch.page_views_replaced
-- only if there: scratch.page_views_replaced
drop table if exists scratch.page_views_replaced;

-- drop scratch.page_views_batch
-- only if there: scratch.page_views_batch
drop table if exists scratch.page_views_batch;

-- drop scratch.page_views_measured
-- only if there: scratch.page_views_measured
drop table if exists scratch.page_views_measured;

-- drop scratch.page_views_limits
-- only if there: scratch.page_views_limits
drop table if exists scratch.page_views_limits;

-- drop scratch.page_views_staged_rows
-- only if there: scratch.page_views_staged_rows
drop table if exists scratch.page_views_staged_rows;

-- drop scratch.events_staged_read
-- only if there: scratch.events_staged_read
drop table if exists scratch.events_staged_read;

-- drop scratch.events_staged_removed_read
-- only if there: scratch.events_staged_removed_read
drop table if exists scratch.events_staged_removed_read;

-- drop scratch.page_views_metadata_this_run
-- only if there: scratch.page_views_metadata_this_run
drop table if exists scratch.page_views_metadata_this_run;
