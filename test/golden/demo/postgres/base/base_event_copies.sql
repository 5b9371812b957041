-- drop scratch.base_event_copies of an earlier run
-- only if there: scratch.base_event_copies
drop table if exists scratch.base_event_copies;

-- build base_event_copies
create unlogged table scratch.base_event_copies as
-- Events that were read more than once, in one session or in several, or with several contexts. They are few: all others
-- need not be put in order, counted or made distinct.
select r.event_id
from scratch.base_events_read as r
where r.event_id is not null
group by r.event_id
having count(*) > 1;

-- statistics of scratch.base_event_copies
-- only if there are rows
analyze scratch.base_event_copies;
