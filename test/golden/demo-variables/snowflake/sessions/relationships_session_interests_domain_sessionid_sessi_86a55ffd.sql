-- the rows that fail relationships_session_interests_domain_sessionid_sessi_86a55ffd (fails if it returns a row)
-- only if: select count(*) > 0 from information_schema.tables where table_schema = 'DERIVED' and table_name = 'SESSION_INTERESTS_TEST'
-- only if: select count(*) > 0 from information_schema.tables where table_schema = 'DERIVED' and table_name = 'SESSIONS_TEST'
select
    f.*,
    count(*) over () as failing_rows
from (
select
    t.domain_sessionid
from derived.session_interests_test as t
where t.domain_sessionid is not null
    and not exists (select 1 from derived.sessions_test as p where p.domain_sessionid = t.domain_sessionid)
) as f
limit 5;
