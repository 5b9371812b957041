{{ config(inherited='inherited') }}

-- The page views of a session are numbered from 1 without gaps, and each knows how many there are.
select
    p.domain_sessionid,
    count(*) as page_views,
    min(p.page_view_in_session_index) as first_index,
    max(p.page_view_in_session_index) as last_index,
    min(p.page_views_in_session) as least_page_views_in_session,
    max(p.page_views_in_session) as most_page_views_in_session,
    min({{ inherited('page_views', 'p.start_tstamp') }}) as inherited
from {{ ref('page_views') }} as p
where p.domain_sessionid is not null
group by p.domain_sessionid
having count(*) <> count(distinct p.page_view_in_session_index)
    or min(p.page_view_in_session_index) <> 1
    or max(p.page_view_in_session_index) <> count(*)
    or count(*) <> count(p.page_views_in_session)
    or min(p.page_views_in_session) <> count(*)
    or max(p.page_views_in_session) <> count(*)
