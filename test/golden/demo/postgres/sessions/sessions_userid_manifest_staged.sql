-- drop scratch.sessions_userid_manifest_staged_rows of an earlier run
-- only if sessions finds something new
-- only if there: scratch.sessions_userid_manifest_staged_rows
drop table if exists scratch.sessions_userid_manifest_staged_rows;

-- collect the rows for sessions_userid_manifest_staged
-- only if sessions finds something new
create unlogged table scratch.sessions_userid_manifest_staged_rows as
-- Users to compute again: those of the batch, those whose session is replaced (it may move to another user), and with
-- them what is staged already, since the earlier start stays.
with touched as (
    select
        r.domain_userid,
        r.start_tstamp
    from scratch.sessions_this_run as r

    union all

    select
        p.domain_userid,
        p.start_tstamp
    from scratch.sessions_replaced as p
),

staged as (
    select
        s.domain_userid,
        s.start_tstamp
    from scratch.sessions_userid_manifest_staged as s
    where s.domain_userid in (select t.domain_userid from touched as t)
)

select
    u.domain_userid,
    min(u.start_tstamp) as start_tstamp
from (
    select
        t.domain_userid,
        t.start_tstamp
    from touched as t

    union all

    select
        s.domain_userid,
        s.start_tstamp
    from staged as s
) as u
where u.domain_userid is not null
group by u.domain_userid;

-- statistics of scratch.sessions_userid_manifest_staged_rows
-- only if sessions finds something new
-- only if there are rows
analyze scratch.sessions_userid_manifest_staged_rows (domain_userid, start_tstamp);
