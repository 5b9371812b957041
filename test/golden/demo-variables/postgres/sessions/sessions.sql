-- drop scratch.sessions_replaced_test of an earlier run
-- only if there: scratch.sessions_replaced_test
drop table if exists scratch.sessions_replaced_test;

-- find the rows of sessions to replace
create unlogged table scratch.sessions_replaced_test as
select
    t.domain_sessionid,
    t.start_tstamp,
    t.domain_userid
from derived.sessions_test as t
where t.domain_sessionid in (select b.domain_sessionid from scratch.sessions_batch_test as b);

-- statistics of scratch.sessions_replaced_test
-- only if there are rows
analyze scratch.sessions_replaced_test (domain_sessionid, start_tstamp);
