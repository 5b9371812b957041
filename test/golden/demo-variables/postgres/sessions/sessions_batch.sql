-- drop scratch.sessions_batch_test of an earlier run
-- only if there: scratch.sessions_batch_test
drop table if exists scratch.sessions_batch_test;

-- build sessions_batch
create unlogged table scratch.sessions_batch_test as
-- The sessions to compute again: those with staged page views, and those that were left without any. Where a run hands its
-- page views on without staging them, their sessions are among the latter.
select distinct s.domain_sessionid
from scratch.page_views_staged_test as s
where s.domain_sessionid is not null

union

select r.domain_sessionid
from scratch.page_views_staged_removed_test as r;

-- statistics of scratch.sessions_batch_test
-- only if there are rows
analyze scratch.sessions_batch_test (domain_sessionid);
