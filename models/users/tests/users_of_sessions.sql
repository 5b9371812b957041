-- Every user of sessions is in users and back, with as many sessions and page views; who is on the way between them is
-- left out.
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
    'user ' || c.domain_userid || ': ' || cast(c.sessions as varchar(20)) || ' sessions with '
        || coalesce(cast(c.page_views as varchar(20)), 'no') || ' page views, in users '
        || coalesce(cast(u.sessions as varchar(20)), 'no') || ' with ' || coalesce(cast(u.page_views as varchar(20)), 'no') as what,
    c.inherited
from counted as c
left join {{ ref('users') }} as u on u.domain_userid = c.domain_userid
where (u.domain_userid is null or u.sessions is null or u.sessions <> c.sessions or coalesce(u.page_views, -1) <> coalesce(c.page_views, 0))
    and {{ user_is_settled('c.domain_userid') }}

union all

select
    'user ' || u.domain_userid || ': no sessions, in users ' || coalesce(cast(u.sessions as varchar(20)), 'NULL') as what,
    {{ inherited('users', 'u.start_tstamp') }} as inherited
from {{ ref('users') }} as u
left join counted as c on c.domain_userid = u.domain_userid
where c.domain_userid is null
    and {{ user_is_settled('u.domain_userid') }}
