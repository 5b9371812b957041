-- create session_downloads where it is missing
-- only if missing: derived.session_downloads_test
create table derived.session_downloads_test as
select *
from (
-- The downloads of each session that has any: custom events, which no module counts. The model reads the events of this
-- run, so it belongs between the main and the complete step of base.
select
    s.domain_sessionid,
    s.session_start,
    count(*) as downloads
from scratch.base_sessions_this_run_test as s
inner join scratch.events_this_run_test as e on e.domain_sessionid = s.domain_sessionid
where e.event_name = 'download'
group by
    s.domain_sessionid,
    s.session_start
) as no_rows
where 1 = 0;

-- index session_downloads
-- only if missing: derived.session_downloads_test_domain_sessionid_idx
create index if not exists session_downloads_test_domain_sessionid_idx on derived.session_downloads_test (domain_sessionid);

-- index session_downloads
-- only if missing: derived.session_downloads_test_session_start_idx
create index if not exists session_downloads_test_session_start_idx on derived.session_downloads_test (session_start);

-- drop scratch.session_downloads_rows_test of an earlier run
-- only if there: scratch.session_downloads_rows_test
drop table if exists scratch.session_downloads_rows_test;

-- compute the rows of session_downloads
create unlogged table scratch.session_downloads_rows_test as
-- The downloads of each session that has any: custom events, which no module counts. The model reads the events of this
-- run, so it belongs between the main and the complete step of base.
select
    s.domain_sessionid,
    s.session_start,
    count(*) as downloads
from scratch.base_sessions_this_run_test as s
inner join scratch.events_this_run_test as e on e.domain_sessionid = s.domain_sessionid
where e.event_name = 'download'
group by
    s.domain_sessionid,
    s.session_start;

-- statistics of scratch.session_downloads_rows_test
-- only if there are rows
analyze scratch.session_downloads_rows_test (domain_sessionid, session_start);

-- whether the columns of session_downloads are still the same (schema-changed if it returns a row)
select
    case
        when t.name is null then 'the model has the new column ' || r.name
        when r.name is null then 'the model no longer has the column ' || t.name
        else 'column ' || r.position || ' is ' || r.name || ' in the model and ' || t.name || ' in the table'
    end as misfit
from (
    select a.attname as name, row_number() over (order by a.attnum) as position,
        format_type(a.atttypid, a.atttypmod) as type
    from pg_attribute as a
    where a.attrelid = to_regclass('derived.session_downloads_test') and a.attnum > 0 and not a.attisdropped
) as t
full join (
    select a.attname as name, row_number() over (order by a.attnum) as position,
        format_type(a.atttypid, a.atttypmod) as type
    from pg_attribute as a
    where a.attrelid = to_regclass('scratch.session_downloads_rows_test') and a.attnum > 0 and not a.attisdropped
) as r on r.position = t.position
where t.name is distinct from r.name
order by coalesce(t.position, r.position)
limit 1;

-- rows of session_downloads without a key (null-key if it returns a row)
select 'session_downloads' as table_name, 'domain_sessionid' as key_columns, k.rows_without_key
from (
    select count(*) as rows_without_key
    from scratch.session_downloads_rows_test as r
    where r.domain_sessionid is null
) as k
where k.rows_without_key > 0;

-- one transaction
begin;

-- remove the rows of session_downloads that are written again
delete from derived.session_downloads_test as t
using scratch.base_sessions_this_run_test as u
where t.domain_sessionid = u.domain_sessionid;

-- write the rows of session_downloads
insert into derived.session_downloads_test
select *
from scratch.session_downloads_rows_test;

commit;

-- statistics of derived.session_downloads_test
-- only if: select pg_relation_size(c.oid) > 1.1 * c.relpages * current_setting('block_size')::int from pg_class as c where c.oid = to_regclass('derived.session_downloads_test')
analyze derived.session_downloads_test;

-- drop scratch.session_downloads_rows_test
-- only if there: scratch.session_downloads_rows_test
drop table if exists scratch.session_downloads_rows_test;
