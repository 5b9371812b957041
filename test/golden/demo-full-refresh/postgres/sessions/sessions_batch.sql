-- drop scratch.sessions_batch of an earlier run
-- only if there: scratch.sessions_batch
drop table if exists scratch.sessions_batch;

-- build sessions_batch
create unlogged table scratch.sessions_batch as
-- The sessions to compute again: those with staged page views, and those that were left without any. Where a run hands its
-- page views on without staging them, their sessions are among the latter.
select distinct s.domain_sessionid
from derived.page_views as s
where s.domain_sessionid is not null

union

select r.domain_sessionid
from scratch.page_views_staged_removed as r;

-- statistics of scratch.sessions_batch
-- only if there are rows
analyze scratch.sessions_batch (domain_sessionid);
