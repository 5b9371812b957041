-- whether derived.page_views is there (missing-input-table if it returns a row)
select 'derived.page_views' as relation, 'sessions.setup' as reader, 'It belongs to module page_views, which this project does not run; whoever fills it has to create it.' as filled_by
where not (select to_regclass('derived.page_views') is not null);

-- whether scratch.page_views_staged is there (missing-input-table if it returns a row)
select 'scratch.page_views_staged' as relation, 'sessions.complete' as reader, 'It is a seed: load it with seshat seed.' as filled_by
where not (select to_regclass('scratch.page_views_staged') is not null);
