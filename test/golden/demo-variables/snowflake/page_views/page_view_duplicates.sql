-- drop scratch.page_view_duplicates_test of an earlier run
-- only if page_views finds something new
-- only if there: scratch.page_view_duplicates_test
drop table if exists scratch.page_view_duplicates_test;

-- build page_view_duplicates
-- only if page_views finds something new
create transient table scratch.page_view_duplicates_test
as
-- Page view ids that came more than once, and how many of their copies stay.
select
    e.page_view_id,
    count(*) as copies,
    1 as kept
from scratch.events_staged_test as e
where e.event_name = 'page_view'
        and e.page_view_id is not null
        and e.domain_sessionid is not null
        and e.derived_tstamp is not null
        and not exists (select 1 from scratch.page_view_bots_test as bot where bot.useragent = e.useragent)
group by e.page_view_id
having count(*) > 1;
