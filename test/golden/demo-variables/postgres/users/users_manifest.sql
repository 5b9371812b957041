-- drop scratch.users_manifest_rows_test of an earlier run
-- only if there: scratch.users_manifest_rows_test
drop table if exists scratch.users_manifest_rows_test;

-- collect the rows for users_manifest
create unlogged table scratch.users_manifest_rows_test as
-- Every user ever computed, with the earliest start known.
select
    u.domain_userid,
    min(u.start_tstamp) as start_tstamp
from (
    select
        b.domain_userid,
        b.start_tstamp
    from scratch.users_batch_test as b

    union all

    select
        m.domain_userid,
        m.start_tstamp
    from derived.users_manifest_test as m
    where m.domain_userid in (select b.domain_userid from scratch.users_batch_test as b)
) as u
group by u.domain_userid;

-- statistics of scratch.users_manifest_rows_test
-- only if there are rows
analyze scratch.users_manifest_rows_test (domain_userid, start_tstamp);
