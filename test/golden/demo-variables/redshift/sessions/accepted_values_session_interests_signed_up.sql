-- the rows that fail accepted_values_session_interests_signed_up (fails if it returns a row)
-- only if: select count(*) > 0 from information_schema.tables where table_schema = 'derived' and table_name = 'session_interests_test'
select
    f.*,
    count(*) over () as failing_rows
from (
select
    t.signed_up,
    count(*) as copies
from derived.session_interests_test as t
where t.signed_up not in (0, 1)
group by t.signed_up
) as f
limit 5;
