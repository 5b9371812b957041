-- the rows that fail not_null_session_interests_domain_sessionid (fails if it returns a row)
-- only if: select count(*) > 0 from information_schema.tables where table_schema = 'derived' and table_name = 'session_interests_test'
select
    f.*,
    count(*) over () as failing_rows
from (
select
    t.domain_sessionid
from derived.session_interests_test as t
where t.domain_sessionid is null
) as f
limit 5;
