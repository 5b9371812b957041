-- drop scratch.page_view_duplicates_test of an earlier run
-- only if base finds something new
-- only if there: scratch.page_view_duplicates_test
drop table if exists scratch.page_view_duplicates_test;

-- build page_view_duplicates
-- only if base finds something new
create unlogged table scratch.page_view_duplicates_test as
-- Page view ids that came more than once, and how many of their copies stay.
select
    e.page_view_id,
    count(*) as copies,
    1 as kept
from scratch.page_view_events_test as e
where coalesce(not exists (select 1 from scratch.page_view_bots_test as bot where bot.useragent = e.useragent), 1 = 0)
group by e.page_view_id
having count(*) > 1;

-- statistics of scratch.page_view_duplicates_test
-- only if base finds something new
-- only if there are rows
analyze scratch.page_view_duplicates_test (page_view_id);
