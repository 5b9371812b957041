-- create session_downloads where it is missing
-- only if missing: derived.session_downloads
create table derived.session_downloads
diststyle key
distkey (domain_sessionid)
sortkey (session_start)
as
select *
from (
-- The downloads of each session that has any: custom events, which no module counts. The model reads the events of this
-- run, so it belongs between the main and the complete step of base.
select
    s.domain_sessionid,
    s.session_start,
    count(*) as downloads
from scratch.base_sessions_this_run as s
inner join scratch.events_this_run as e on e.domain_sessionid = s.domain_sessionid
where e.event_name = 'download'
group by
    s.domain_sessionid,
    s.session_start
) as no_rows
where 1 = 0;

-- drop scratch.session_downloads_rows of an earlier run
-- only if there: scratch.session_downloads_rows
drop table if exists scratch.session_downloads_rows;

-- compute the rows of session_downloads
create table scratch.session_downloads_rows
backup no
diststyle key
distkey (domain_sessionid)
sortkey (session_start)
as
-- The downloads of each session that has any: custom events, which no module counts. The model reads the events of this
-- run, so it belongs between the main and the complete step of base.
select
    s.domain_sessionid,
    s.session_start,
    count(*) as downloads
from scratch.base_sessions_this_run as s
inner join scratch.events_this_run as e on e.domain_sessionid = s.domain_sessionid
where e.event_name = 'download'
group by
    s.domain_sessionid,
    s.session_start;

-- whether the columns of session_downloads are still the same (schema-changed if it returns a row)
select
    case
        when t.name is null then 'the model has the new column ' || lower(r.name)
        when r.name is null then 'the model no longer has the column ' || lower(t.name)
        else 'column ' || cast(r.position as varchar(20)) || ' is ' || lower(r.name) || ' in the model and ' || lower(t.name) || ' in the table'
    end as misfit
from (
    select a.column_name as name, count(*) as position
    from information_schema.columns as a
    inner join information_schema.columns as b
        on b.table_schema = a.table_schema and b.table_name = a.table_name and b.ordinal_position <= a.ordinal_position
    where a.table_schema = 'derived' and a.table_name = 'session_downloads'
        and b.table_schema = 'derived' and b.table_name = 'session_downloads'
    group by a.column_name
) as t
full join (
    select a.column_name as name, count(*) as position
    from information_schema.columns as a
    inner join information_schema.columns as b
        on b.table_schema = a.table_schema and b.table_name = a.table_name and b.ordinal_position <= a.ordinal_position
    where a.table_schema = 'scratch' and a.table_name = 'session_downloads_rows'
        and b.table_schema = 'scratch' and b.table_name = 'session_downloads_rows'
    group by a.column_name
) as r on r.position = t.position
where t.name is null or r.name is null or t.name <> r.name
order by coalesce(t.position, r.position)
limit 1;

-- rows of session_downloads without a key (null-key if it returns a row)
select 'session_downloads' as table_name, 'domain_sessionid' as key_columns, k.rows_without_key
from (
    select count(*) as rows_without_key
    from scratch.session_downloads_rows as r
    where r.domain_sessionid is null
) as k
where k.rows_without_key > 0;

-- one transaction
begin;

-- remove the rows of session_downloads that are written again
delete from derived.session_downloads
using scratch.base_sessions_this_run as u
where session_downloads.domain_sessionid = u.domain_sessionid;

-- write the rows of session_downloads
insert into derived.session_downloads
select *
from scratch.session_downloads_rows;

commit;

-- statistics of derived.session_downloads
analyze derived.session_downloads;

-- drop scratch.session_downloads_rows
-- only if there: scratch.session_downloads_rows
drop table if exists scratch.session_downloads_rows;
