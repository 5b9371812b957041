-- Every user ever computed, with the earliest start known.
select
    u.domain_userid,
    min(u.start_tstamp) as start_tstamp
from (
    select
        b.domain_userid,
        b.start_tstamp
    from {{ ref('users_batch') }} as b

    union all

    select
        m.domain_userid,
        m.start_tstamp
    from {{ this }} as m
    where m.domain_userid in (select b.domain_userid from {{ ref('users_batch') }} as b)
) as u
group by u.domain_userid
