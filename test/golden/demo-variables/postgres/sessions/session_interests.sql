-- create session_interests where it is missing
-- only if missing: derived.session_interests_test
create table derived.session_interests_test as
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

-- index session_interests
-- only if missing: derived.session_interests_test_domain_sessionid_idx
create index if not exists session_interests_test_domain_sessionid_idx on derived.session_interests_test (domain_sessionid);

-- index session_interests
-- only if missing: derived.session_interests_test_start_tstamp_idx
create index if not exists session_interests_test_start_tstamp_idx on derived.session_interests_test (start_tstamp);

-- drop scratch.session_interests_rows_test of an earlier run
-- only if there: scratch.session_interests_rows_test
drop table if exists scratch.session_interests_rows_test;

-- compute the rows of session_interests from all there is, if it is new here
-- only if there: derived.sessions_test
-- only if there: derived.page_views_test
-- only if: select not exists (select 1 from derived.session_interests_test)
create unlogged table scratch.session_interests_rows_test as
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
create unlogged table scratch.session_interests_rows_test as
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

-- statistics of scratch.session_interests_rows_test
-- only if there are rows
analyze scratch.session_interests_rows_test (domain_sessionid, start_tstamp);

-- whether the columns of session_interests are still the same (schema-changed if it returns a row)
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
    where a.attrelid = to_regclass('derived.session_interests_test') and a.attnum > 0 and not a.attisdropped
) as t
full join (
    select a.attname as name, row_number() over (order by a.attnum) as position,
        format_type(a.atttypid, a.atttypmod) as type
    from pg_attribute as a
    where a.attrelid = to_regclass('scratch.session_interests_rows_test') and a.attnum > 0 and not a.attisdropped
) as r on r.position = t.position
where t.name is distinct from r.name
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
delete from derived.session_interests_test as t
using scratch.sessions_batch_test as u
where t.domain_sessionid = u.domain_sessionid;

-- write the rows of session_interests
insert into derived.session_interests_test
select *
from scratch.session_interests_rows_test;

commit;

-- statistics of derived.session_interests_test
-- only if: select pg_relation_size(c.oid) > 1.1 * c.relpages * current_setting('block_size')::int from pg_class as c where c.oid = to_regclass('derived.session_interests_test')
analyze derived.session_interests_test;

-- drop scratch.session_interests_rows_test
-- only if there: scratch.session_interests_rows_test
drop table if exists scratch.session_interests_rows_test;
