-- the rows that fail unique_session_interests_domain_sessionid (fails if it returns a row)
-- only if: select to_regclass('derived.session_interests') is not null
select
    f.*,
    count(*) over () as failing_rows
from (
select
    t.domain_sessionid,
    count(*) as copies
from derived.session_interests as t
where t.domain_sessionid is not null
group by t.domain_sessionid
having count(*) > 1
) as f
limit 5;
