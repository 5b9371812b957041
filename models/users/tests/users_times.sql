-- A user's last session does not end before the first began, and no time is negative.
select
    'user ' || u.domain_userid as what,
    {{ inherited('users', 'u.start_tstamp') }} as inherited
from {{ ref('users') }} as u
where u.end_tstamp < u.start_tstamp
    or u.engaged_time_in_s < 0
