-- What every session has, and that none ends before it began.
select
    'session ' || s.domain_sessionid as what,
    {{ inherited('sessions', 's.start_tstamp') }} as inherited
from {{ ref('sessions') }} as s
where s.start_tstamp is null
    or s.end_tstamp is null
    or s.page_views is null
    or s.engaged_time_in_s is null
    or s.absolute_time_in_s is null
    or s.end_tstamp < s.start_tstamp
    or s.engaged_time_in_s < 0
    or s.absolute_time_in_s < 0
