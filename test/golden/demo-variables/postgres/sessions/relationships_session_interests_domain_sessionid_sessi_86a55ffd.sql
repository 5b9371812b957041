-- the rows that fail relationships_session_interests_domain_sessionid_sessi_86a55ffd (fails if it returns a row)
-- only if: select to_regclass('derived.session_interests_test') is not null
-- only if: select to_regclass('derived.sessions_test') is not null
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
