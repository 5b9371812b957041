-- The page views of a session are numbered from 1 without gaps, and each knows how many there are.
select
    'page views of session ' || p.domain_sessionid || ' are numbered ' || coalesce(cast(min(p.page_view_in_session_index) as varchar(20)), 'NULL')
        || ' to ' || coalesce(cast(max(p.page_view_in_session_index) as varchar(20)), 'NULL') || ' of '
        || cast(count(*) as varchar(20)) as what,
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
