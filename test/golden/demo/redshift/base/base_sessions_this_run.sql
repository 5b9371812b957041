-- drop scratch.base_sessions_this_run of an earlier run
-- only if there: scratch.base_sessions_this_run
drop table if exists scratch.base_sessions_this_run;

-- build base_sessions_this_run
create table scratch.base_sessions_this_run
backup no
diststyle key
distkey (domain_sessionid)
as
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
