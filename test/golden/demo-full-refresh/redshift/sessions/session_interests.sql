-- drop derived.session_interests_rows of an earlier run
-- only if there: derived.session_interests_rows
drop table if exists derived.session_interests_rows;

-- build session_interests anew, aside
create table derived.session_interests_rows
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
from scratch.sessions_this_run as s
inner join derived.page_views as p on p.domain_sessionid = s.domain_sessionid
group by
    s.domain_sessionid,
    s.start_tstamp,
    s.mkt_campaign;

-- statistics of derived.session_interests_rows
-- only if there are rows
analyze derived.session_interests_rows;

-- one transaction
begin;

-- put the new session_interests in the place of the old one
drop table if exists derived.session_interests;

-- put the new session_interests in the place of the old one
alter table derived.session_interests_rows rename to session_interests;

commit;

-- statistics of derived.session_interests
analyze derived.session_interests;
