-- whether derived.page_views is there (skipped if it returns a row)
select 'derived.page_views is not there: make it with seshat run --select page_views' as reason
where not (select count(*) > 0 from information_schema.tables where table_schema = 'DERIVED' and table_name = 'PAGE_VIEWS');

-- whether derived.sessions is there (skipped if it returns a row)
select 'derived.sessions is not there: make it with seshat run --select sessions' as reason
where not (select count(*) > 0 from information_schema.tables where table_schema = 'DERIVED' and table_name = 'SESSIONS');

-- whether derived.inherited_rows is there (skipped if it returns a row)
select 'derived.inherited_rows is not there: the first run of a module makes it' as reason
where not (select count(*) > 0 from information_schema.tables where table_schema = 'DERIVED' and table_name = 'INHERITED_ROWS');

-- whether scratch.page_views_staged is there (skipped if it returns a row)
select 'scratch.page_views_staged is not there: make it with seshat run --select page_views' as reason
where not (select count(*) > 0 from information_schema.tables where table_schema = 'SCRATCH' and table_name = 'PAGE_VIEWS_STAGED');

-- whether scratch.page_views_staged_removed is there (skipped if it returns a row)
select 'scratch.page_views_staged_removed is not there: make it with seshat run --select page_views' as reason
where not (select count(*) > 0 from information_schema.tables where table_schema = 'SCRATCH' and table_name = 'PAGE_VIEWS_STAGED_REMOVED');

-- the rows that fail page_views_have_sessions (fails if it returns a row)
select
    f.*,
    count(*) over () as failing_rows,
    sum(f.inherited) over () as failing_rows_inherited
from (
select
    t.page_view_id,
    t.domain_sessionid,
    case when t.start_tstamp <= (select max(i.newest_tstamp) from derived.inherited_rows as i where i.table_name = 'page_views') then 1 else 0 end as inherited
from derived.page_views as t
where t.domain_sessionid is not null
    and not exists (select 1 from derived.sessions as p where p.domain_sessionid = t.domain_sessionid)
    and (not exists (select 1 from scratch.page_views_staged as st where st.domain_sessionid = t.domain_sessionid)
    and not exists (select 1 from scratch.page_views_staged_removed as sr where sr.domain_sessionid = t.domain_sessionid))
) as f
order by f.inherited
limit 5;
