-- drop scratch.base_sessions_this_run of an earlier run
-- only if there: scratch.base_sessions_this_run
drop table if exists scratch.base_sessions_this_run;

-- build base_sessions_this_run
create unlogged table scratch.base_sessions_this_run as
-- The sessions with new work; each is taken whole.
select
    w.domain_sessionid,
    w.session_start
from scratch.base_window_sessions as w
where w.has_work = 1

union all

select
    g.domain_sessionid,
    g.session_start
from scratch.base_gap_sessions as g
where g.has_work = 1;

-- statistics of scratch.base_sessions_this_run
-- only if there are rows
analyze scratch.base_sessions_this_run (domain_sessionid);
