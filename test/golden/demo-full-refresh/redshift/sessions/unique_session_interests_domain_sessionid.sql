-- the rows that fail unique_session_interests_domain_sessionid (fails if it returns a row)
-- only if: select count(*) > 0 from information_schema.tables where table_schema = 'derived' and table_name = 'session_interests'
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
