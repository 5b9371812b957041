-- the table page_views_staged_removed, where it is missing
-- only if missing: scratch.page_views_staged_removed
create table if not exists scratch.page_views_staged_removed (
    domain_sessionid varchar
);

-- the note of what was written to page_views_staged
-- only if missing: scratch.page_views_staged_written
create table if not exists scratch.page_views_staged_written (
    group_key varchar,
    version varchar
);

-- scratch.sessions_metadata_this_run, where main has left none
-- only if sessions finds something new
-- only if missing: scratch.sessions_metadata_this_run
create transient table if not exists scratch.sessions_metadata_this_run (
    run_id timestamp_ntz,
    run_start_tstamp timestamp_ntz,
    committed boolean
);

-- scratch.page_views_staged_read, where main has left none
-- only if sessions finds something new
-- only if missing: scratch.page_views_staged_read
create transient table if not exists scratch.page_views_staged_read (
    group_key varchar,
    row_version varchar
);

-- scratch.page_views_staged_removed_read, where main has left none
-- only if sessions finds something new
-- only if missing: scratch.page_views_staged_removed_read
create transient table if not exists scratch.page_views_staged_removed_read (
    group_key varchar,
    row_version varchar
);

-- one transaction, only if sessions finds something new
begin;

-- forget scratch.page_views_staged_read unless main has committed it
delete from scratch.page_views_staged_read
where not exists (select 1 from scratch.sessions_metadata_this_run where committed);

-- remove the rows of page_views_staged that main has read
delete from scratch.page_views_staged
where domain_sessionid in (
    select r.group_key
    from scratch.page_views_staged_read as r
    left join scratch.page_views_staged_written as w on w.group_key = r.group_key
    where coalesce(w.version, 'none') = r.row_version
);

-- remove the rows of page_views_staged that belong to nothing
delete from scratch.page_views_staged
where domain_sessionid is null
    and exists (select 1 from scratch.sessions_metadata_this_run where committed);

-- forget the versions of what was removed from page_views_staged
delete from scratch.page_views_staged_written
where group_key in (
    select r.group_key
    from scratch.page_views_staged_read as r
    left join scratch.page_views_staged as s on s.domain_sessionid = r.group_key
    where s.domain_sessionid is null
);

-- forget what main has read of page_views_staged
delete from scratch.page_views_staged_read;

-- forget scratch.page_views_staged_removed_read unless main has committed it
delete from scratch.page_views_staged_removed_read
where not exists (select 1 from scratch.sessions_metadata_this_run where committed);

-- remove the rows of page_views_staged_removed that main has read
delete from scratch.page_views_staged_removed
where domain_sessionid in (
    select s.domain_sessionid
    from scratch.page_views_staged_removed as s
    left join scratch.page_views_staged_removed_read as r
        on r.group_key = s.domain_sessionid and r.row_version = md5(coalesce(md5(s.domain_sessionid), '-'))
    group by s.domain_sessionid
    having count(*) = count(r.row_version)
);

-- remove the rows of page_views_staged_removed that belong to nothing
delete from scratch.page_views_staged_removed
where domain_sessionid is null
    and exists (select 1 from scratch.sessions_metadata_this_run where committed);

commit;

-- drop scratch.sessions_replaced
-- only if there: scratch.sessions_replaced
drop table if exists scratch.sessions_replaced;

-- drop scratch.sessions_batch
-- only if there: scratch.sessions_batch
drop table if exists scratch.sessions_batch;

-- drop scratch.sessions_this_run
-- only if there: scratch.sessions_this_run
drop table if exists scratch.sessions_this_run;

-- drop scratch.sessions_limits
-- only if there: scratch.sessions_limits
drop table if exists scratch.sessions_limits;

-- drop scratch.sessions_userid_manifest_staged_rows
-- only if there: scratch.sessions_userid_manifest_staged_rows
drop table if exists scratch.sessions_userid_manifest_staged_rows;

-- drop scratch.page_views_staged_read
-- only if there: scratch.page_views_staged_read
drop table if exists scratch.page_views_staged_read;

-- drop scratch.page_views_staged_removed_read
-- only if there: scratch.page_views_staged_removed_read
drop table if exists scratch.page_views_staged_removed_read;

-- drop scratch.sessions_metadata_this_run
-- only if there: scratch.sessions_metadata_this_run
drop table if exists scratch.sessions_metadata_this_run;
