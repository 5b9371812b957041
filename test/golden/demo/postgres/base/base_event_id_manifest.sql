-- drop scratch.base_event_id_manifest_rows of an earlier run
-- only if base finds something new
-- only if there: scratch.base_event_id_manifest_rows
drop table if exists scratch.base_event_id_manifest_rows;

-- collect the rows for base_event_id_manifest
-- only if base finds something new
create unlogged table scratch.base_event_id_manifest_rows as
-- Every copy of an event that was read, so that it makes no work again. In the order of their times, by which they are
-- looked up: so they stand together, and an index grows at its end.
select
    r.event_id,
    r.collector_tstamp
from scratch.base_events_read as r
left join scratch.base_event_copies as c on c.event_id = r.event_id
where r.is_unread = 1
    and r.event_id is not null
    and c.event_id is null

union all

select
    k.event_id,
    k.collector_tstamp
from (
    select
        r.event_id,
        r.collector_tstamp
    from scratch.base_events_read as r
    inner join scratch.base_event_copies as c on c.event_id = r.event_id
    where r.is_unread = 1

    union

    select
        r.event_id,
        r.collector_tstamp
    from scratch.base_events_read as r
    where r.is_unread = 1
        and r.event_id is null
) as k
order by collector_tstamp;

-- statistics of scratch.base_event_id_manifest_rows
-- only if base finds something new
analyze scratch.base_event_id_manifest_rows (event_id, collector_tstamp);
