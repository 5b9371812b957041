-- drop scratch.base_session_id_manifest_rows_test of an earlier run
-- only if base finds something new
-- only if there: scratch.base_session_id_manifest_rows_test
drop table if exists scratch.base_session_id_manifest_rows_test;

-- collect the rows for base_session_id_manifest
-- only if base finds something new
create unlogged table scratch.base_session_id_manifest_rows_test as
-- When each session began that was ever read.
select
    s.domain_sessionid as session_id,
    s.session_start as min_tstamp
from scratch.base_sessions_this_run_test as s;

-- statistics of scratch.base_session_id_manifest_rows_test
-- only if base finds something new
-- only if there are rows
analyze scratch.base_session_id_manifest_rows_test (session_id);
