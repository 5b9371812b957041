-- drop scratch.page_views_batch of an earlier run
-- only if base finds something new
-- only if there: scratch.page_views_batch
drop table if exists scratch.page_views_batch;

-- build page_views_batch
-- only if base finds something new
create unlogged table scratch.page_views_batch as
with handed_on__events_staged_removed as (
select b.domain_sessionid
from scratch.base_sessions_this_run as b

union all

select r.domain_sessionid
from scratch.events_staged_removed as r
)
select * from (
-- The sessions to compute again: those with staged events, and those that were left without any. Where a run hands its events
-- on without staging them, their sessions are among the latter.
select distinct e.domain_sessionid
from scratch.events_staged as e
where e.domain_sessionid is not null

union

select r.domain_sessionid
from handed_on__events_staged_removed as r
) as page_views_batch;

-- statistics of scratch.page_views_batch
-- only if base finds something new
-- only if there are rows
analyze scratch.page_views_batch (domain_sessionid);
