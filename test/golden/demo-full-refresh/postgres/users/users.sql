-- drop scratch.users_replaced of an earlier run
-- only if there: scratch.users_replaced
drop table if exists scratch.users_replaced;

-- find the rows of users to replace
create unlogged table scratch.users_replaced as
select
    t.domain_userid,
    t.start_tstamp
from derived.users as t;

-- statistics of scratch.users_replaced
-- only if there are rows
analyze scratch.users_replaced (domain_userid, start_tstamp);
