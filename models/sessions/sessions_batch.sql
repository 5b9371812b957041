{{ config(materialized='scratch', unique_key='domain_sessionid', history='sessions') }}

-- The sessions to compute again: those with staged page views, and those that were left without any. Where a run hands its
-- page views on without staging them, their sessions are among the latter.
select distinct s.domain_sessionid
from {{ previous('page_views_staged') }} as s
where s.domain_sessionid is not null

union

select r.domain_sessionid
from {{ ref('page_views_staged_removed') }} as r
