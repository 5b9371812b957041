{{ config(materialized='ephemeral') }}

-- How far the events are read, and whether events that count lie beyond. Of a session that was not read yet the first
-- event counts, so where any wanted one is left of it, there is more to do.
with read_now as (
    select max(r.collector_tstamp) as newest_read
    from {{ ref('base_events_read') }} as r
),

beyond as (
    select
        e.domain_sessionid,
        e.collector_tstamp,
        min(e.collector_tstamp) over (partition by e.domain_sessionid) as first_beyond
    from {{ source('atomic', 'events') }} as e
    where {{ event_is_wanted('e') }}
        and e.collector_tstamp > {{ limit('base_limits', 'upper_limit') }}
        and {{ sent_in_time('e') }}
),

counting as (
    select max(b.collector_tstamp) as newest
    from beyond as b
    left join {{ previous('base_session_id_manifest') }} as k on k.session_id = b.domain_sessionid
    left join {{ ref('base_sessions_this_run') }} as s on s.domain_sessionid = b.domain_sessionid
    where {{ within_session('b.collector_tstamp', 'b.first_beyond') }}
        and (k.min_tstamp is null or {{ within_session('b.collector_tstamp', 'k.min_tstamp') }})
        and (s.session_start is null or {{ within_session('b.collector_tstamp', 's.session_start') }})
),

read_so_far as (
    select case when r.newest_read < l.newest_read then l.newest_read else coalesce(r.newest_read, l.newest_read) end as newest
    from read_now as r
    cross join {{ ref('base_limits') }} as l
)

select
    r.newest as read_up_to,
    coalesce(c.newest, r.newest) as newest,
    c.newest is null as caught_up
from counting as c
cross join read_so_far as r
