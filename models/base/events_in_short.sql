{{ config(materialized='ephemeral') }}

-- The same events as events_this_run, with no more of them than was noted when they were read; so the events need not be
-- read once more.
select
    r.page_view_id,
    r.event_id,
    r.domain_sessionid,
    r.collector_tstamp,
    {{ measured_columns('r') }}
from {{ ref('base_events_read') }} as r
left join {{ ref('event_duplicates') }} as d on d.domain_sessionid = r.domain_sessionid and d.event_id = r.event_id
where r.event_id is not null
    and d.event_id is null
{%- if var('event_dedupe') == 'first' %}

union all

select
    c.page_view_id,
    c.event_id,
    c.domain_sessionid,
    c.collector_tstamp,
    {{ measured_columns('c') }}
from (
    {{ events_read(copies=true) | indent(4) }}
) as c
where c.copy = 1
{%- endif %}
