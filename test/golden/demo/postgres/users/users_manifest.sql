-- drop scratch.users_manifest_rows of an earlier run
-- only if users finds something new
-- only if there: scratch.users_manifest_rows
drop table if exists scratch.users_manifest_rows;

-- collect the rows for users_manifest
-- only if users finds something new
create unlogged table scratch.users_manifest_rows as
-- Every user ever computed, with the earliest start known.
select
    u.domain_userid,
    min(u.start_tstamp) as start_tstamp
from (
    select
        b.domain_userid,
        b.start_tstamp
    from scratch.users_batch as b

    union all

    select
        m.domain_userid,
        m.start_tstamp
    from derived.users_manifest as m
    where m.domain_userid in (select b.domain_userid from scratch.users_batch as b)
) as u
group by u.domain_userid;

-- statistics of scratch.users_manifest_rows
-- only if users finds something new
-- only if there are rows
analyze scratch.users_manifest_rows (domain_userid, start_tstamp);
