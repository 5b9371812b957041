-- the rows that fail expression_session_downloads_downloads_gt_0 (fails if it returns a row)
-- only if: select to_regclass('derived.session_downloads_test') is not null
select
    f.*,
    count(*) over () as failing_rows
from (
select
    t.domain_sessionid,
    t.downloads
from derived.session_downloads_test as t
where not (t.downloads > 0)
) as f
limit 5;
