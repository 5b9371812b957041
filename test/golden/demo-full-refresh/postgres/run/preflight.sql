-- whether derived.page_views is there (missing-input-table if it returns a row)
select 'derived.page_views' as relation, 'sessions.setup' as reader, 'Make it with: seshat run --select page_views' as filled_by
where not (select to_regclass('derived.page_views') is not null);

-- whether scratch.page_views_staged is there (missing-input-table if it returns a row)
select 'scratch.page_views_staged' as relation, 'sessions.complete' as reader, 'Make it with: seshat run --select page_views' as filled_by
where not (select to_regclass('scratch.page_views_staged') is not null);
