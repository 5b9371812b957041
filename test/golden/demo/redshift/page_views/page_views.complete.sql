-- the table events_staged_removed, where it is missing
-- only if missing: scratch.events_staged_removed
create table if not exists scratch.events_staged_removed (
    domain_sessionid varchar(128)
)
diststyle key
distkey (domain_sessionid);

-- the note of what was written to events_staged
-- only if missing: scratch.events_staged_written
create table if not exists scratch.events_staged_written (
    group_key varchar(4096),
    version varchar(64)
)
diststyle key
distkey (group_key);

-- scratch.page_views_metadata_this_run, where main has left none
-- only if base finds something new
-- only if missing: scratch.page_views_metadata_this_run
create table if not exists scratch.page_views_metadata_this_run (
    run_id timestamp,
    run_start_tstamp timestamp,
    committed boolean
)
backup no;

-- scratch.events_staged_read, where main has left none
-- only if base finds something new
-- only if missing: scratch.events_staged_read
create table if not exists scratch.events_staged_read (
    group_key varchar(4096),
    row_version varchar(4096)
)
backup no;

-- scratch.events_staged_removed_read, where main has left none
-- only if base finds something new
-- only if missing: scratch.events_staged_removed_read
create table if not exists scratch.events_staged_removed_read (
    group_key varchar(4096),
    row_version varchar(4096)
)
backup no;

-- one transaction, only if base finds something new
begin;

-- keep others from writing to events_staged meanwhile
lock table scratch.events_staged;

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

-- keep others from writing to events_staged_removed meanwhile
lock table scratch.events_staged_removed;

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

-- drop the scratch tables of page_views
-- only if there: scratch.page_view_activity or scratch.page_view_bots or scratch.page_view_duplicates or scratch.page_view_events or scratch.page_views_replaced or scratch.page_views_batch or scratch.page_views_measured or scratch.page_views_limits or scratch.page_views_staged_rows or scratch.events_staged_read or scratch.events_staged_removed_read or scratch.page_views_metadata_this_run
drop table if exists
    scratch.page_view_activity,
    scratch.page_view_bots,
    scratch.page_view_duplicates,
    scratch.page_view_events,
    scratch.page_views_replaced,
    scratch.page_views_batch,
    scratch.page_views_measured,
    scratch.page_views_limits,
    scratch.page_views_staged_rows,
    scratch.events_staged_read,
    scratch.events_staged_removed_read,
    scratch.page_views_metadata_this_run;
