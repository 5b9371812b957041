-- drop scratch.event_duplicates of an earlier run
-- only if base finds something new
-- only if there: scratch.event_duplicates
drop table if exists scratch.event_duplicates;

-- build event_duplicates
-- only if base finds something new
create unlogged table scratch.event_duplicates as
-- Events that came more than once in a session, and how many of their copies stay.
select
    c.domain_sessionid,
    c.event_id,
    c.copies,
    1 as kept
from scratch.event_copies as c
where c.copy = 1
    and c.copies > 1;

-- statistics of scratch.event_duplicates
-- only if base finds something new
-- only if there are rows
analyze scratch.event_duplicates (domain_sessionid);
