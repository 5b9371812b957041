-- drop scratch.event_duplicates_test of an earlier run
-- only if base finds something new
-- only if there: scratch.event_duplicates_test
drop table if exists scratch.event_duplicates_test;

-- build event_duplicates
-- only if base finds something new
create transient table scratch.event_duplicates_test
as
-- Events that came more than once in a session, and how many of their copies stay.
select
    r.domain_sessionid,
    r.event_id,
    count(*) as copies,
    1 as kept
from scratch.base_events_read_test as r
inner join scratch.base_event_copies_test as c on c.event_id = r.event_id
group by
    r.domain_sessionid,
    r.event_id
having count(*) > 1;
