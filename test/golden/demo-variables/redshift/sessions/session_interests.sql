-- create session_interests where it is missing
-- only if missing: derived.session_interests_test
create table derived.session_interests_test
diststyle key
distkey (domain_sessionid)
sortkey (start_tstamp)
as
select *
from (
-- What each session was about. The model reads the sessions of this run and the page views they were made of, so it
-- belongs between the main and the complete step of sessions: the compiler puts it there because of its refs.
select
    s.domain_sessionid,
    s.start_tstamp,
    s.mkt_campaign,
    sum(case when p.page_urlpath like '/docs%' then 1 else 0 end) as docs_pages,
    sum(case when p.page_urlpath like '/blog%' then 1 else 0 end) as blog_pages,
    sum(p.engaged_time_in_s) as engaged_time_in_s,
    max(case when p.page_urlpath = '/signup' then 1 else 0 end) as signed_up
from derived.sessions_test as s
inner join derived.page_views_test as p on p.domain_sessionid = s.domain_sessionid
group by
    s.domain_sessionid,
    s.start_tstamp,
    s.mkt_campaign
) as no_rows
where 1 = 0;

-- drop scratch.session_interests_rows_test of an earlier run
-- only if there: scratch.session_interests_rows_test
drop table if exists scratch.session_interests_rows_test;

-- compute the rows of session_interests from all there is, if it is new here
-- only if there: derived.sessions_test
-- only if there: derived.page_views_test
-- only if: select not exists (select 1 from derived.session_interests_test)
create table scratch.session_interests_rows_test
backup no
diststyle key
distkey (domain_sessionid)
sortkey (start_tstamp)
as
-- What each session was about. The model reads the sessions of this run and the page views they were made of, so it
-- belongs between the main and the complete step of sessions: the compiler puts it there because of its refs.
select
    s.domain_sessionid,
    s.start_tstamp,
    s.mkt_campaign,
    sum(case when p.page_urlpath like '/docs%' then 1 else 0 end) as docs_pages,
    sum(case when p.page_urlpath like '/blog%' then 1 else 0 end) as blog_pages,
    sum(p.engaged_time_in_s) as engaged_time_in_s,
    max(case when p.page_urlpath = '/signup' then 1 else 0 end) as signed_up
from derived.sessions_test as s
inner join derived.page_views_test as p on p.domain_sessionid = s.domain_sessionid
group by
    s.domain_sessionid,
    s.start_tstamp,
    s.mkt_campaign;

-- compute the rows of session_interests
-- only if missing: scratch.session_interests_rows_test
create table scratch.session_interests_rows_test
backup no
diststyle key
distkey (domain_sessionid)
sortkey (start_tstamp)
as
-- What each session was about. The model reads the sessions of this run and the page views they were made of, so it
-- belongs between the main and the complete step of sessions: the compiler puts it there because of its refs.
select
    s.domain_sessionid,
    s.start_tstamp,
    s.mkt_campaign,
    sum(case when p.page_urlpath like '/docs%' then 1 else 0 end) as docs_pages,
    sum(case when p.page_urlpath like '/blog%' then 1 else 0 end) as blog_pages,
    sum(p.engaged_time_in_s) as engaged_time_in_s,
    max(case when p.page_urlpath = '/signup' then 1 else 0 end) as signed_up
from scratch.sessions_this_run_test as s
inner join scratch.page_views_staged_test as p on p.domain_sessionid = s.domain_sessionid
group by
    s.domain_sessionid,
    s.start_tstamp,
    s.mkt_campaign;

-- whether the columns of session_interests are still the same (schema-changed if it returns a row)
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
    where a.table_schema = 'derived' and a.table_name = 'session_interests_test'
        and b.table_schema = 'derived' and b.table_name = 'session_interests_test'
    group by a.column_name
) as t
full join (
    select a.column_name as name, count(*) as position
    from information_schema.columns as a
    inner join information_schema.columns as b
        on b.table_schema = a.table_schema and b.table_name = a.table_name and b.ordinal_position <= a.ordinal_position
    where a.table_schema = 'scratch' and a.table_name = 'session_interests_rows_test'
        and b.table_schema = 'scratch' and b.table_name = 'session_interests_rows_test'
    group by a.column_name
) as r on r.position = t.position
where t.name is null or r.name is null or t.name <> r.name
order by coalesce(t.position, r.position)
limit 1;

-- rows of session_interests without a key (null-key if it returns a row)
select 'session_interests' as table_name, 'domain_sessionid' as key_columns, k.rows_without_key
from (
    select count(*) as rows_without_key
    from scratch.session_interests_rows_test as r
    where r.domain_sessionid is null
) as k
where k.rows_without_key > 0;

-- one transaction
begin;

-- remove the rows of session_interests that are written again
-- only if there: scratch.sessions_batch_test
delete from derived.session_interests_test
using scratch.sessions_batch_test as u
where session_interests_test.domain_sessionid = u.domain_sessionid;

-- write the rows of session_interests
insert into derived.session_interests_test
select *
from scratch.session_interests_rows_test;

commit;

-- statistics of derived.session_interests_test
analyze derived.session_interests_test;

-- drop scratch.session_interests_rows_test
-- only if there: scratch.session_interests_rows_test
drop table if exists scratch.session_interests_rows_test;
