-- the table events_staged_removed, where it is missing
-- only if missing: scratch.events_staged_removed_test
create table if not exists scratch.events_staged_removed_test (
    domain_sessionid varchar(128)
);

-- scratch.page_views_metadata_this_run_test, where main has left none
-- only if base finds something new
-- only if missing: scratch.page_views_metadata_this_run_test
create unlogged table if not exists scratch.page_views_metadata_this_run_test (
    run_id timestamp,
    run_start_tstamp timestamp,
    committed boolean
);

-- scratch.events_staged_read_test, where main has left none
-- only if base finds something new
-- only if missing: scratch.events_staged_read_test
create unlogged table if not exists scratch.events_staged_read_test (
    group_key varchar(4096),
    row_version varchar(4096)
);

-- scratch.events_staged_removed_read_test, where main has left none
-- only if base finds something new
-- only if missing: scratch.events_staged_removed_read_test
create unlogged table if not exists scratch.events_staged_removed_read_test (
    group_key varchar(4096),
    row_version varchar(4096)
);

-- one transaction, only if base finds something new
begin;

-- keep others from writing to events_staged meanwhile
lock table scratch.events_staged_test in share row exclusive mode;

-- forget scratch.events_staged_read_test unless main has committed it
delete from scratch.events_staged_read_test
where not exists (select 1 from scratch.page_views_metadata_this_run_test where committed);

-- empty events_staged at once, if main has read all of it and nobody else reads
-- only if: select exists (select 1 from scratch.events_staged_test)
-- only if: select not exists ( select 1 from pg_stat_activity as a cross join scratch.page_views_metadata_this_run_test as l where coalesce(a.datname, current_database()) = current_database() and a.pid <> pg_backend_pid() and age(a.backend_xmin) >= age(l.xmin) )
-- only if: select not exists ( select 1 from scratch.events_staged_test as s left join scratch.events_staged_read_test as r on r.group_key = s.domain_sessionid and r.row_version = s.xmin::text where r.row_version is null )
do $$
begin
    lock table scratch.events_staged_test in access exclusive mode nowait;
    truncate scratch.events_staged_test;
exception
    when lock_not_available or insufficient_privilege or feature_not_supported then null;
end
$$;

-- remove the rows of events_staged that main has read
delete from scratch.events_staged_test
where domain_sessionid in (
    select s.domain_sessionid
    from scratch.events_staged_test as s
    left join scratch.events_staged_read_test as r
        on r.group_key = s.domain_sessionid and r.row_version = s.xmin::text
    group by s.domain_sessionid
    having count(*) = count(r.row_version)
);

-- remove the rows of events_staged that belong to nothing
delete from scratch.events_staged_test
where domain_sessionid is null
    and exists (select 1 from scratch.page_views_metadata_this_run_test where committed);

-- keep others from writing to events_staged_removed meanwhile
lock table scratch.events_staged_removed_test in share row exclusive mode;

-- forget scratch.events_staged_removed_read_test unless main has committed it
delete from scratch.events_staged_removed_read_test
where not exists (select 1 from scratch.page_views_metadata_this_run_test where committed);

-- empty events_staged_removed at once, if main has read all of it and nobody else reads
-- only if: select exists (select 1 from scratch.events_staged_removed_test)
-- only if: select not exists ( select 1 from pg_stat_activity as a cross join scratch.page_views_metadata_this_run_test as l where coalesce(a.datname, current_database()) = current_database() and a.pid <> pg_backend_pid() and age(a.backend_xmin) >= age(l.xmin) )
-- only if: select not exists ( select 1 from scratch.events_staged_removed_test as s left join scratch.events_staged_removed_read_test as r on r.group_key = s.domain_sessionid and r.row_version = s.xmin::text where r.row_version is null )
do $$
begin
    lock table scratch.events_staged_removed_test in access exclusive mode nowait;
    truncate scratch.events_staged_removed_test;
exception
    when lock_not_available or insufficient_privilege or feature_not_supported then null;
end
$$;

-- remove the rows of events_staged_removed that main has read
delete from scratch.events_staged_removed_test
where domain_sessionid in (
    select s.domain_sessionid
    from scratch.events_staged_removed_test as s
    left join scratch.events_staged_removed_read_test as r
        on r.group_key = s.domain_sessionid and r.row_version = s.xmin::text
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

-- drop the scratch tables of page_views
-- only if there: scratch.page_view_activity_test or scratch.page_view_bots_test or scratch.page_view_duplicates_test or scratch.page_view_events_test or scratch.page_views_replaced_test or scratch.page_views_batch_test or scratch.page_views_measured_test or scratch.page_views_limits_test or scratch.page_views_staged_rows_test or scratch.events_staged_read_test or scratch.events_staged_removed_read_test or scratch.page_views_metadata_this_run_test
drop table if exists
    scratch.page_view_activity_test,
    scratch.page_view_bots_test,
    scratch.page_view_duplicates_test,
    scratch.page_view_events_test,
    scratch.page_views_replaced_test,
    scratch.page_views_batch_test,
    scratch.page_views_measured_test,
    scratch.page_views_limits_test,
    scratch.page_views_staged_rows_test,
    scratch.events_staged_read_test,
    scratch.events_staged_removed_read_test,
    scratch.page_views_metadata_this_run_test;
