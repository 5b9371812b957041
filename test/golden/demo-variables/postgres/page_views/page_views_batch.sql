-- drop scratch.page_views_batch_test of an earlier run
-- only if page_views finds something new
-- only if there: scratch.page_views_batch_test
drop table if exists scratch.page_views_batch_test;

-- build page_views_batch
-- only if page_views finds something new
create unlogged table scratch.page_views_batch_test as
-- The sessions to compute again: those with staged events, and those that were left without any.
select distinct e.domain_sessionid
from scratch.events_staged_test as e
where e.domain_sessionid is not null

union

select r.domain_sessionid
from scratch.events_staged_removed_test as r;

-- statistics of scratch.page_views_batch_test
-- only if page_views finds something new
analyze scratch.page_views_batch_test (domain_sessionid);
