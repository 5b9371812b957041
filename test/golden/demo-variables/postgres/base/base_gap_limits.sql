-- drop scratch.base_gap_limits_test of an earlier run
-- only if there: scratch.base_gap_limits_test
drop table if exists scratch.base_gap_limits_test;

-- the limit base_window_limits_upper_limit
select set_config('seshat.base_window_limits_upper_limit', coalesce((select max(l.upper_limit) from scratch.base_window_limits_test as l)::text, 'infinity'), false);

-- build base_gap_limits
create unlogged table scratch.base_gap_limits_test as
-- Where the window holds nothing to do, it moves on to the first event beyond it that counts: a quiet fortnight, or a
-- start long before the data, must not stop a run for ever. No row where the window does hold work, or nothing follows.
select
    g.newest_read,
    g.lower_limit,
    (g.lower_limit + interval '60 day') as upper_limit,
    (g.lower_limit + interval '-3 day') as scan_limit
from (
    select
        (select l.newest_read from scratch.base_window_limits_test as l) as newest_read,
        min(e.collector_tstamp) as lower_limit
    from atomic.events as e
    left join derived.base_session_id_manifest_test as k on k.session_id = e.domain_sessionid
    left join scratch.base_window_sessions_test as s on s.domain_sessionid = e.domain_sessionid
    where not exists (select 1 from scratch.base_window_sessions_test as w where w.has_work = 1)
        and e.domain_sessionid is not null
    and e.collector_tstamp >= cast('2024-01-01' as timestamp)
        and e.collector_tstamp > cast(current_setting('seshat.base_window_limits_upper_limit') as timestamp)
        and coalesce(e.dvce_sent_tstamp <= (e.dvce_created_tstamp + interval '3 day'), 1 = 1)
        and (k.min_tstamp is null or e.collector_tstamp <= (k.min_tstamp + interval '3 day'))
        and (s.session_start is null or e.collector_tstamp <= (s.session_start + interval '3 day'))
) as g
where g.lower_limit is not null;

-- statistics of scratch.base_gap_limits_test
-- only if there are rows
analyze scratch.base_gap_limits_test;

-- whether base and page_views have nothing to do
-- only if there: scratch.events_staged_test
-- only if there: scratch.events_staged_removed_test
-- only if there: derived.page_views_test
-- only if there: scratch.page_views_staged_test
select not exists (select 1 from (
-- A row where this run has something to read. Sessions beyond the window come of events beyond it alone.
select 1 as has_work
from scratch.base_window_sessions_test as w
where w.has_work = 1

union all

select 1 as has_work
from scratch.base_gap_limits_test as g
) as w)
    and not exists (select 1 from derived.datamodel_metadata_test as m inner join scratch.metadata_run_id_test as r on r.run_id = m.run_id where m.module = 'base')
    and not exists (select 1 from scratch.events_staged_test)
    and not exists (select 1 from scratch.events_staged_removed_test)
    and not exists (select 1 from derived.datamodel_metadata_test as m inner join scratch.metadata_run_id_test as r on r.run_id = m.run_id where m.module = 'page_views')
    and exists (select 1 from derived.inherited_rows_test as i where i.table_name = 'page_views');
