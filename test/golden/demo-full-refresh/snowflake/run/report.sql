-- what this run has written and removed
select m.module, m.rows_this_run, m.duplicate_rows_removed, m.distinct_keys_removed
from derived.datamodel_metadata as m
inner join (
    select l.module, max(l.run_id) as run_id
    from derived.datamodel_metadata as l
    where l.module in ('sessions', 'users')
    group by l.module
) as n on n.module = m.module and n.run_id = m.run_id;

-- the limit sessions_newest
set sessions_newest = (
    select coalesce((select max(l.start_tstamp) from derived.sessions as l), cast('9999-12-31' as timestamp_ntz))
);

-- rows of sessions on its last 7 days
select 'sessions' as table_name, d.day, count(*) as day_rows
from (
    select cast(t.start_tstamp as date) as day
    from derived.sessions as t
    where t.start_tstamp >= dateadd('day', -6, cast($sessions_newest as date))
        and t.start_tstamp <= $sessions_newest
) as d
group by d.day
order by d.day;
