-- drop scratch.page_views_batch of an earlier run
-- only if page_views finds something new
-- only if there: scratch.page_views_batch
drop table if exists scratch.page_views_batch;

-- build page_views_batch
-- only if page_views finds something new
create transient table scratch.page_views_batch
as
-- The sessions to compute again: those with staged events, and those that were left without any.
select distinct e.domain_sessionid
from scratch.events_staged as e
where e.domain_sessionid is not null

union

select r.domain_sessionid
from scratch.events_staged_removed as r;
