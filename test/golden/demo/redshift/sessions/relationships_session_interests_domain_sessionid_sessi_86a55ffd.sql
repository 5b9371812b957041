-- the rows that fail relationships_session_interests_domain_sessionid_sessi_86a55ffd (fails if it returns a row)
-- only if: select count(*) > 0 from information_schema.tables where table_schema = 'derived' and table_name = 'session_interests'
-- only if: select count(*) > 0 from information_schema.tables where table_schema = 'derived' and table_name = 'sessions'
select
    f.*,
    count(*) over () as failing_rows
from (
select
    t.domain_sessionid
from derived.session_interests as t
where t.domain_sessionid is not null
    and not exists (select 1 from derived.sessions as p where p.domain_sessionid = t.domain_sessionid)
) as f
limit 5;
