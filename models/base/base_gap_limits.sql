{{ config(materialized='scratch') }}

-- Where the window holds nothing to do, it moves on to the first event beyond it that counts: a quiet fortnight, or a
-- start long before the data, must not stop a run for ever. No row where the window does hold work, or nothing follows.
select
    g.newest_read,
    g.lower_limit,
    {{ add_days('g.lower_limit', var('update_cadence_days')) }} as upper_limit,
    {{ add_days('g.lower_limit', 0 - session_days()) }} as scan_limit
from (
    select
        (select l.newest_read from {{ ref('base_window_limits') }} as l) as newest_read,
        min(e.collector_tstamp) as lower_limit
    from {{ source('atomic', 'events') }} as e
    left join {{ previous('base_session_id_manifest') }} as k on k.session_id = e.domain_sessionid
    left join {{ ref('base_window_sessions') }} as s on s.domain_sessionid = e.domain_sessionid
    where not exists (select 1 from {{ ref('base_window_sessions') }} as w where w.has_work = 1)
        and {{ event_is_wanted('e') }}
        and e.collector_tstamp > {{ limit('base_window_limits', 'upper_limit') }}
        and {{ sent_in_time('e') }}
        and (k.min_tstamp is null or {{ within_session('e.collector_tstamp', 'k.min_tstamp') }})
        and (s.session_start is null or {{ within_session('e.collector_tstamp', 's.session_start') }})
) as g
where g.lower_limit is not null
