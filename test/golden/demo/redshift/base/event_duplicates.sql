-- drop scratch.event_duplicates of an earlier run
-- only if base finds something new
-- only if there: scratch.event_duplicates
drop table if exists scratch.event_duplicates;

-- build event_duplicates
-- only if base finds something new
create table scratch.event_duplicates
backup no
diststyle key
distkey (domain_sessionid)
as
-- Events that came more than once in a session, and how many of their copies stay.
select
    r.domain_sessionid,
    r.event_id,
    count(*) as copies,
    1 as kept
from scratch.base_events_read as r
inner join scratch.base_event_copies as c on c.event_id = r.event_id
group by
    r.domain_sessionid,
    r.event_id
having count(*) > 1;
