-- drop scratch.base_session_id_manifest_rows of an earlier run
-- only if base finds something new
-- only if there: scratch.base_session_id_manifest_rows
drop table if exists scratch.base_session_id_manifest_rows;

-- collect the rows for base_session_id_manifest
-- only if base finds something new
create unlogged table scratch.base_session_id_manifest_rows as
-- When each session began that was ever read.
select
    s.domain_sessionid as session_id,
    s.session_start as min_tstamp
from scratch.base_sessions_this_run as s;

-- statistics of scratch.base_session_id_manifest_rows
-- only if base finds something new
-- only if there are rows
analyze scratch.base_session_id_manifest_rows (session_id);
