-- A page view does not end before it began, and no time is negative.
select
    'page view ' || p.page_view_id as what,
    {{ inherited('page_views', 'p.start_tstamp') }} as inherited
from {{ ref('page_views') }} as p
where p.end_tstamp < p.start_tstamp
    or p.engaged_time_in_s < 0
    or p.absolute_time_in_s < 0
