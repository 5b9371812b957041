-- drop scratch.sessions_replaced of an earlier run
-- only if there: scratch.sessions_replaced
drop table if exists scratch.sessions_replaced;

-- find the rows of sessions to replace
create unlogged table scratch.sessions_replaced as
select
    t.domain_sessionid,
    t.start_tstamp,
    t.domain_userid
from derived.sessions as t;

-- statistics of scratch.sessions_replaced
-- only if there are rows
analyze scratch.sessions_replaced (domain_sessionid, start_tstamp);
