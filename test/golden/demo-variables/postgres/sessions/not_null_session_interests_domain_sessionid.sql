-- the rows that fail not_null_session_interests_domain_sessionid (fails if it returns a row)
-- only if: select to_regclass('derived.session_interests_test') is not null
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
