-- drop scratch.sessions_replaced of an earlier run
-- only if there: scratch.sessions_replaced
drop table if exists scratch.sessions_replaced;

-- find the rows of sessions to replace
create table scratch.sessions_replaced
backup no
diststyle key
distkey (domain_sessionid)
sortkey (start_tstamp)
as
select
    t.domain_sessionid,
    t.start_tstamp,
    t.domain_userid
from derived.sessions as t;
