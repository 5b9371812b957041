-- whether derived.sessions is there (skipped if it returns a row)
select 'derived.sessions is not there: make it with seshat run --select sessions' as reason
where not (select count(*) > 0 from information_schema.tables where table_schema = 'derived' and table_name = 'sessions');

-- whether derived.inherited_rows is there (skipped if it returns a row)
select 'derived.inherited_rows is not there: the first run of a module makes it' as reason
where not (select count(*) > 0 from information_schema.tables where table_schema = 'derived' and table_name = 'inherited_rows');

-- the rows that fail not_null_sessions_domain_sessionid (fails if it returns a row)
select
    f.*,
    count(*) over () as failing_rows,
    sum(f.inherited) over () as failing_rows_inherited
from (
select
    t.domain_sessionid,
    case when t.start_tstamp <= (select max(i.newest_tstamp) from derived.inherited_rows as i where i.table_name = 'sessions') then 1 else 0 end as inherited
from derived.sessions as t
where t.domain_sessionid is null
) as f
order by f.inherited
limit 5;
