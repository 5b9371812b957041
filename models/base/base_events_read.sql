{{ config(materialized='scratch', replace_by='event_id', time_key='collector_tstamp', statistics=['domain_sessionid', 'page_view_id', 'event_name', 'is_unread']) }}

-- Every copy of an event that this run reads, with its page view ids and what is measured of it: all that count of the
-- sessions it takes, up to the end of the window. One from before its session began was loaded since that was seen: it
-- waits for the next run, which sees that the session began with it. One with several contexts stands here as often, and
-- is told from copies by event_copies. Times and numbers stand before texts, which on Postgres takes eight bytes less of each.
select
    r.collector_tstamp,
    {{ measured_columns('r') }},
    r.is_unread,
    r.domain_sessionid,
    r.event_id,
    w.page_view_id
from (
    select
        e.collector_tstamp,
        {{ measured_columns('e') | indent(4) }},
        case when m.collector_tstamp is null then 1 else 0 end as is_unread,
        e.domain_sessionid,
        e.event_id
    from {{ source('atomic', 'events') }} as e
    inner join {{ ref('base_sessions_this_run') }} as s on s.domain_sessionid = e.domain_sessionid
    {{ left_join_read('m', 'e', 'base_limits') | indent(4) }}
    where {{ event_is_wanted('e') | indent(4) }}
        and e.collector_tstamp >= {{ limit('base_limits', 'scan_limit') }}
        and e.collector_tstamp <= {{ limit('base_limits', 'upper_limit') }}
        and {{ sent_in_time('e') }}
        and {{ likely('e.collector_tstamp >= s.session_start and ' + within_session('e.collector_tstamp', 's.session_start')) }}
) as r
left join (
    {{ page_view_ids('base_limits') | indent(4) }}
) as w on w.root_id = r.event_id and w.root_tstamp = r.collector_tstamp
