-- whether derived.page_views is there (missing-input-table if it returns a row)
select 'derived.page_views' as relation, 'sessions.setup' as reader, 'Make it with: seshat run --select page_views' as filled_by
where not (select count(*) > 0 from information_schema.tables where table_schema = 'DERIVED' and table_name = 'PAGE_VIEWS');

-- whether scratch.page_views_staged is there (missing-input-table if it returns a row)
select 'scratch.page_views_staged' as relation, 'sessions.complete' as reader, 'Make it with: seshat run --select page_views' as filled_by
where not (select count(*) > 0 from information_schema.tables where table_schema = 'SCRATCH' and table_name = 'PAGE_VIEWS_STAGED');
