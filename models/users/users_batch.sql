{{ config(materialized='scratch', unique_key='domain_userid', history='users') }}

-- The users to compute again.
select
    m.domain_userid,
    min(m.start_tstamp) as start_tstamp
from {{ ref('sessions_userid_manifest_staged') }} as m
where m.domain_userid is not null
group by m.domain_userid
