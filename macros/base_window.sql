{#- The two steps of looking for new work between two times, taken for the usual window and again for the window that
    moves on over a quiet gap. Both read the events, which may be loaded meanwhile. -#}

{#- Every wanted event from as far back as a session with new work may have begun, with what its session needs to know of it.
    {{ events_of_window('base_window_limits') }} -#}
{% macro events_of_window(limits) -%}
select
    e.domain_sessionid,
    e.event_id,
    e.collector_tstamp,
    case when {{ sent_in_time('e') }} then 0 else 1 end as is_sent_too_late,
    case when m.collector_tstamp is null then 1 else 0 end as is_unread,
    case when e.collector_tstamp >= {{ asked_once(limit(limits, 'lower_limit')) }} then 1 else 0 end as is_in_window
from {{ source('atomic', 'events') }} as e
{{ left_join_read('m', 'e', limits) }}
where {{ event_is_wanted('e') }}
    and e.collector_tstamp >= {{ limit(limits, 'scan_limit') }}
    and e.collector_tstamp <= {{ limit(limits, 'upper_limit') }}
{%- endmacro %}

{#- The copies of events that earlier runs have read, for events from a limit on.
    {{ left_join_read('m', 'e', 'base_limits') }} -#}
{% macro left_join_read(read, e, limits) -%}
left join (
    select distinct
        r.event_id,
        r.collector_tstamp
    from {{ previous('base_event_id_manifest') }} as r
    where r.collector_tstamp >= {{ limit(limits, 'scan_limit') }}
) as {{ read }} on coalesce({{ read }}.event_id, '') = coalesce({{ e }}.event_id, '') and {{ read }}.collector_tstamp = {{ e }}.collector_tstamp
{%- endmacro %}

{#- The sessions of these events: when each began, by what was read before and by what is found now, and whether it has
    an event in the window that counts and was not read.
    {{ sessions_of_window('base_window_events') }} -#}
{% macro sessions_of_window(events) -%}
select
    s.domain_sessionid,
    s.session_start,
    case when {{ within_session('s.first_unread', 's.session_start') }} then 1 else 0 end as has_work,
    case when s.last_in_window > {{ add_days('s.session_start', session_days()) }} then 1 else 0 end as is_too_long,
    s.is_sent_too_late
from (
    select
        f.domain_sessionid,
        min(case when k.min_tstamp < f.first_tstamp or f.first_tstamp is null then k.min_tstamp else f.first_tstamp end) as session_start,
        min(f.first_unread) as first_unread,
        max(f.last_in_window) as last_in_window,
        max(f.is_sent_too_late) as is_sent_too_late
    from (
        select
            e.domain_sessionid,
            min(case when e.is_sent_too_late = 0 then e.collector_tstamp end) as first_tstamp,
            min(case when e.is_sent_too_late = 0 and e.is_in_window = 1 and e.is_unread = 1 then e.collector_tstamp end) as first_unread,
            max(case when e.is_sent_too_late = 0 and e.is_in_window = 1 then e.collector_tstamp end) as last_in_window,
            max(case when e.is_in_window = 1 then e.is_sent_too_late else 0 end) as is_sent_too_late
        from {{ ref(events) }} as e
        group by e.domain_sessionid
    ) as f
    left join {{ previous('base_session_id_manifest') }} as k on k.session_id = f.domain_sessionid
    group by f.domain_sessionid
) as s
{%- endmacro %}

{#- How many of these sessions have events that do not count, by reason.
    {{ left_out_of(ref('base_window_sessions')) }} -#}
{% macro left_out_of(sessions) -%}
select
    'sent more than {{ var('days_late_allowed') }} days late' as reason,
    coalesce(sum(c.is_sent_too_late), 0) as sessions
from {{ sessions }} as c

union all

select
    'more than {{ session_days() }} days after it began' as reason,
    coalesce(sum(c.is_too_long), 0) as sessions
from {{ sessions }} as c
{%- endmacro %}
