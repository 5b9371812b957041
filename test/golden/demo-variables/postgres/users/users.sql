-- drop scratch.users_replaced_test of an earlier run
-- only if there: scratch.users_replaced_test
drop table if exists scratch.users_replaced_test;

-- find the rows of users to replace
create unlogged table scratch.users_replaced_test as
select
    t.domain_userid,
    t.start_tstamp
from derived.users_test as t
where t.domain_userid in (select b.domain_userid from scratch.users_batch_test as b);

-- statistics of scratch.users_replaced_test
-- only if there are rows
analyze scratch.users_replaced_test (domain_userid, start_tstamp);
