{{ config(after='complete', inherited='inherited') }}

-- Every session has as many page views as there are; what is on its way between the tables is left out.
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
    s.domain_sessionid,
    s.page_views,
    c.page_views as page_views_there_are,
    c.inherited
from counted as c
inner join {{ ref('sessions') }} as s on s.domain_sessionid = c.domain_sessionid
where (s.page_views is null or s.page_views <> c.page_views)
    and {{ session_is_settled('c.domain_sessionid') }}
