-- Every session of page_views is in sessions and back, with as many page views; what is on its way between them is left
-- out.
with counted as (
    select
        p.domain_sessionid,
        count(*) as page_views,
        min({{ inherited('page_views', 'p.start_tstamp') }}) as inherited
    from {{ ref('page_views') }} as p
    where p.domain_sessionid is not null
    group by p.domain_sessionid
)

select
    'session ' || c.domain_sessionid || ': ' || cast(c.page_views as varchar(20)) || ' page views, in sessions '
        || coalesce(cast(s.page_views as varchar(20)), 'no row') as what,
    c.inherited
from counted as c
left join {{ ref('sessions') }} as s on s.domain_sessionid = c.domain_sessionid
where (s.page_views is null or s.page_views <> c.page_views)
    and {{ session_is_settled('c.domain_sessionid') }}

union all

select
    'session ' || s.domain_sessionid || ': no page views, in sessions ' || coalesce(cast(s.page_views as varchar(20)), 'NULL') as what,
    {{ inherited('sessions', 's.start_tstamp') }} as inherited
from {{ ref('sessions') }} as s
left join counted as c on c.domain_sessionid = s.domain_sessionid
where c.domain_sessionid is null
    and {{ session_is_settled('s.domain_sessionid') }}
