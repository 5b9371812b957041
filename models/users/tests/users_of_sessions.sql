{{ config(after='complete', inherited='inherited') }}

-- Every user has as many sessions and page views as there are; who is on the way between the tables is left out.
with counted as (
    select
        s.domain_userid,
        count(*) as sessions,
        sum(s.page_views) as page_views,
        min({{ inherited('sessions', 's.start_tstamp') }}) as inherited
    from {{ ref('sessions') }} as s
    where s.domain_userid is not null
    group by s.domain_userid
)

select
    u.domain_userid,
    u.sessions,
    c.sessions as sessions_there_are,
    u.page_views,
    c.page_views as page_views_there_are,
    c.inherited
from counted as c
inner join {{ ref('users') }} as u on u.domain_userid = c.domain_userid
where (u.sessions is null or u.sessions <> c.sessions or coalesce(u.page_views, -1) <> coalesce(c.page_views, 0))
    and {{ user_is_settled('c.domain_userid') }}
