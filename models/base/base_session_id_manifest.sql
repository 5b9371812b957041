-- When each session began that was ever read.
select
    s.domain_sessionid as session_id,
    s.session_start as min_tstamp
from {{ ref('base_sessions_this_run') }} as s
