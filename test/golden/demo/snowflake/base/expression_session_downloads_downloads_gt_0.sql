-- the rows that fail expression_session_downloads_downloads_gt_0 (fails if it returns a row)
-- only if: select count(*) > 0 from information_schema.tables where table_schema = 'DERIVED' and table_name = 'SESSION_DOWNLOADS'
select
    f.*,
    count(*) over () as failing_rows
from (
select
    t.domain_sessionid,
    t.downloads
from derived.session_downloads as t
where not (t.downloads > 0)
) as f
limit 5;
