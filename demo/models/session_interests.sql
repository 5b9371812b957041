{{ config(
    materialized='incremental',
    unique_key='domain_sessionid',
    time_key='start_tstamp',
    replaces='sessions_batch'
) }}

-- What each session was about. The model reads the sessions of this run and the page views they were made of, so it
-- belongs between the main and the complete step of sessions: the compiler puts it there because of its refs.
select
    s.domain_sessionid,
    s.start_tstamp,
    s.mkt_campaign,
    sum(case when p.page_urlpath like '/docs%' then 1 else 0 end) as docs_pages,
    sum(case when p.page_urlpath like '/blog%' then 1 else 0 end) as blog_pages,
    sum(p.engaged_time_in_s) as engaged_time_in_s,
    max(case when p.page_urlpath = {{ literal(var('signup_path')) }} then 1 else 0 end) as signed_up
from {{ ref('sessions_this_run') }} as s
inner join {{ ref('page_views_staged') }} as p on p.domain_sessionid = s.domain_sessionid
group by
    s.domain_sessionid,
    s.start_tstamp,
    s.mkt_campaign
