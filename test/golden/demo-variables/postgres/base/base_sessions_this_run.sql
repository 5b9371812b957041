-- drop scratch.base_sessions_this_run_test of an earlier run
-- only if there: scratch.base_sessions_this_run_test
drop table if exists scratch.base_sessions_this_run_test;

-- build base_sessions_this_run
create unlogged table scratch.base_sessions_this_run_test as
-- The sessions with new work; each is taken whole.
select
    w.domain_sessionid,
    w.session_start
from scratch.base_window_sessions_test as w
where w.has_work = 1

union all

select
    g.domain_sessionid,
    g.session_start
from scratch.base_gap_sessions_test as g
where g.has_work = 1;

-- statistics of scratch.base_sessions_this_run_test
-- only if there are rows
analyze scratch.base_sessions_this_run_test (domain_sessionid);
