{{ config(materialized='scratch', replace_by='event_id', time_key='collector_tstamp') }}

-- Every copy of an event that this run reads, with its page view id and what is measured of it: all that count of the
-- sessions it takes, up to the end of the window. Only one of the two windows has sessions with work.
select
    r.domain_sessionid,
    r.event_id,
    r.collector_tstamp,
    r.is_unread,
    w.page_view_id,
    {{ measured_columns('r') }}
from (
    {{ read_in_window('base_window_events', 'base_window_sessions') | indent(4) }}

    union all

    {{ read_in_window('base_gap_events', 'base_gap_sessions') | indent(4) }}
) as r
left join (
    {{ page_view_ids('base_limits') | indent(4) }}
) as w on w.root_id = r.event_id and w.root_tstamp = r.collector_tstamp
