{{ config(materialized='scratch', unique_key='domain_sessionid', history='page_views') }}

-- The sessions to compute again: those with staged events, and those that were left without any. Where a run hands its events
-- on without staging them, their sessions are among the latter.
select distinct e.domain_sessionid
from {{ previous('events_staged') }} as e
where e.domain_sessionid is not null

union

select r.domain_sessionid
from {{ ref('events_staged_removed') }} as r
