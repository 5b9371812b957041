-- drop scratch.base_gap_limits of an earlier run
-- only if there: scratch.base_gap_limits
drop table if exists scratch.base_gap_limits;

-- build base_gap_limits
create table scratch.base_gap_limits
backup no
as
-- Where the window holds nothing to do, it moves on to the first event beyond it that counts: a quiet fortnight, or a
-- start long before the data, must not stop a run for ever. No row where the window does hold work, or nothing follows.
select
    g.newest_read,
    g.lower_limit,
    dateadd('day', 60, g.lower_limit) as upper_limit,
    dateadd('day', -3, g.lower_limit) as scan_limit
from (
    select
        (select l.newest_read from scratch.base_window_limits as l) as newest_read,
        min(e.collector_tstamp) as lower_limit
    from atomic.events as e
    left join derived.base_session_id_manifest as k on k.session_id = e.domain_sessionid
    left join scratch.base_window_sessions as s on s.domain_sessionid = e.domain_sessionid
    where not exists (select 1 from scratch.base_window_sessions as w where w.has_work = 1)
        and e.domain_sessionid is not null
    and e.collector_tstamp >= cast('2024-01-01' as timestamp)
        and e.collector_tstamp > (select max(l.upper_limit) from scratch.base_window_limits as l)
        and coalesce(e.dvce_sent_tstamp <= dateadd('day', 3, e.dvce_created_tstamp), 1 = 1)
        and (k.min_tstamp is null or e.collector_tstamp <= dateadd('day', 3, k.min_tstamp))
        and (s.session_start is null or e.collector_tstamp <= dateadd('day', 3, s.session_start))
) as g
where g.lower_limit is not null;

-- whether base and page_views have nothing to do
-- only if there: scratch.events_staged
-- only if there: scratch.events_staged_removed
-- only if there: derived.page_views
-- only if there: scratch.page_views_staged
select not exists (select 1 from (
-- A row where this run has something to read. Sessions beyond the window come of events beyond it alone.
select 1 as has_work
from scratch.base_window_sessions as w
where w.has_work = 1

union all

select 1 as has_work
from scratch.base_gap_limits as g
) as w)
    and not exists (select 1 from derived.datamodel_metadata as m inner join scratch.metadata_run_id as r on r.run_id = m.run_id where m.module = 'base')
    and not exists (select 1 from scratch.events_staged)
    and not exists (select 1 from scratch.events_staged_removed)
    and not exists (select 1 from derived.datamodel_metadata as m inner join scratch.metadata_run_id as r on r.run_id = m.run_id where m.module = 'page_views')
    and exists (select 1 from derived.inherited_rows as i where i.table_name = 'page_views');
