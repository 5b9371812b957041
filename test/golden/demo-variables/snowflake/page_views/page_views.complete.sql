-- the table events_staged_removed, where it is missing
-- only if missing: scratch.events_staged_removed_test
create table if not exists scratch.events_staged_removed_test (
    domain_sessionid varchar
);

-- the note of what was written to events_staged
-- only if missing: scratch.events_staged_written_test
create table if not exists scratch.events_staged_written_test (
    group_key varchar,
    version varchar
);

-- scratch.page_views_metadata_this_run_test, where main has left none
-- only if base finds something new
-- only if missing: scratch.page_views_metadata_this_run_test
create transient table if not exists scratch.page_views_metadata_this_run_test (
    run_id timestamp_ntz,
    run_start_tstamp timestamp_ntz,
    committed boolean
);

-- scratch.events_staged_read_test, where main has left none
-- only if base finds something new
-- only if missing: scratch.events_staged_read_test
create transient table if not exists scratch.events_staged_read_test (
    group_key varchar,
    row_version varchar
);

-- scratch.events_staged_removed_read_test, where main has left none
-- only if base finds something new
-- only if missing: scratch.events_staged_removed_read_test
create transient table if not exists scratch.events_staged_removed_read_test (
    group_key varchar,
    row_version varchar
);

-- one transaction, only if base finds something new
begin;

-- forget scratch.events_staged_read_test unless main has committed it
delete from scratch.events_staged_read_test
where not exists (select 1 from scratch.page_views_metadata_this_run_test where committed);

-- remove the rows of events_staged that main has read
delete from scratch.events_staged_test
where domain_sessionid in (
    select r.group_key
    from scratch.events_staged_read_test as r
    left join scratch.events_staged_written_test as w on w.group_key = r.group_key
    where coalesce(w.version, 'none') = r.row_version
);

-- remove the rows of events_staged that belong to nothing
delete from scratch.events_staged_test
where domain_sessionid is null
    and exists (select 1 from scratch.page_views_metadata_this_run_test where committed);

-- forget the versions of what was removed from events_staged
delete from scratch.events_staged_written_test
where group_key in (
    select r.group_key
    from scratch.events_staged_read_test as r
    left join scratch.events_staged_test as s on s.domain_sessionid = r.group_key
    where s.domain_sessionid is null
);

-- forget what main has read of events_staged
delete from scratch.events_staged_read_test;

-- forget scratch.events_staged_removed_read_test unless main has committed it
delete from scratch.events_staged_removed_read_test
where not exists (select 1 from scratch.page_views_metadata_this_run_test where committed);

-- remove the rows of events_staged_removed that main has read
delete from scratch.events_staged_removed_test
where domain_sessionid in (
    select s.domain_sessionid
    from scratch.events_staged_removed_test as s
    left join scratch.events_staged_removed_read_test as r
        on r.group_key = s.domain_sessionid and r.row_version = md5(coalesce(md5(s.domain_sessionid), '-'))
    group by s.domain_sessionid
    having count(*) = count(r.row_version)
);

-- remove the rows of events_staged_removed that belong to nothing
delete from scratch.events_staged_removed_test
where domain_sessionid is null
    and exists (select 1 from scratch.page_views_metadata_this_run_test where committed);

commit;

-- drop scratch.page_views_this_run_test
-- only if there: scratch.page_views_this_run_test
drop view if exists scratch.page_views_this_run_test;

-- drop scratch.page_view_activity_test
-- only if there: scratch.page_view_activity_test
drop table if exists scratch.page_view_activity_test;

-- drop scratch.page_view_bots_test
-- only if there: scratch.page_view_bots_test
drop table if exists scratch.page_view_bots_test;

-- drop scratch.page_view_duplicates_test
-- only if there: scratch.page_view_duplicates_test
drop table if exists scratch.page_view_duplicates_test;

-- drop scratch.page_view_events_test
-- only if there: scratch.page_view_events_test
drop table if exists scratch.page_view_events_test;

-- drop scratch.page_views_replaced_test
-- only if there: scratch.page_views_replaced_test
drop table if exists scratch.page_views_replaced_test;

-- drop scratch.page_views_batch_test
-- only if there: scratch.page_views_batch_test
drop table if exists scratch.page_views_batch_test;

-- drop scratch.page_views_measured_test
-- only if there: scratch.page_views_measured_test
drop table if exists scratch.page_views_measured_test;

-- drop scratch.page_views_limits_test
-- only if there: scratch.page_views_limits_test
drop table if exists scratch.page_views_limits_test;

-- drop scratch.page_views_staged_rows_test
-- only if there: scratch.page_views_staged_rows_test
drop table if exists scratch.page_views_staged_rows_test;

-- drop scratch.events_staged_read_test
-- only if there: scratch.events_staged_read_test
drop table if exists scratch.events_staged_read_test;

-- drop scratch.events_staged_removed_read_test
-- only if there: scratch.events_staged_removed_read_test
drop table if exists scratch.events_staged_removed_read_test;

-- drop scratch.page_views_metadata_this_run_test
-- only if there: scratch.page_views_metadata_this_run_test
drop table if exists scratch.page_views_metadata_this_run_test;
