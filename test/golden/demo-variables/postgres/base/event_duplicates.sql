-- drop scratch.event_duplicates_test of an earlier run
-- only if base finds something new
-- only if there: scratch.event_duplicates_test
drop table if exists scratch.event_duplicates_test;

-- build event_duplicates
-- only if base finds something new
create unlogged table scratch.event_duplicates_test as
-- Events that came more than once in a session, and how many of their copies stay.
select
    c.domain_sessionid,
    c.event_id,
    c.copies,
    1 as kept
from scratch.event_copies_test as c
where c.copy = 1
    and c.copies > 1;

-- statistics of scratch.event_duplicates_test
-- only if base finds something new
-- only if there are rows
analyze scratch.event_duplicates_test (domain_sessionid);
