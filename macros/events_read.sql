{#- From the events that base reads in this run, as `r` with their page view ids, to the events themselves, as `e`: those
    that came once, or with `copies` all others, each copy that can be told from another. One without an id cannot. A context
    that came twice does not double an event, and of several page view ids the smallest counts.
    select r.page_view_id, e.event_name from {{ events_read(copies=false) }} -#}
{% macro events_read(copies=false) -%}
(
    {{ event_copies_read() | indent(4) if copies else events_read_once() | indent(4) }}
) as r
inner join {{ source('atomic', 'events') }} as e
    on e.event_id = r.event_id
    and {{ same_copy('e', 'r') if copies else likely(same_copy('e', 'r')) }}
where {{ event_is_wanted('e') }}
    and e.collector_tstamp >= {{ limit('base_limits', 'scan_limit') }}
    and e.collector_tstamp <= {{ limit('base_limits', 'upper_limit') }}
    and {{ sent_in_time('e') }}
{%- endmacro %}

{#- A query with a `with` is planned by itself: joined with the events first, one with ten thousand copies would meet each of
    them ten thousand times. -#}
{% macro events_read_once() -%}
with once as (
    select
        r.domain_sessionid,
        r.event_id,
        r.collector_tstamp,
        r.event_name,
        r.page_view_id
    from {{ ref('base_events_read') }} as r
    left join {{ ref('base_event_copies') }} as c on c.event_id = r.event_id
    where r.event_id is not null
        and c.event_id is null
)
select * from once
{%- endmacro %}

{% macro event_copies_read() -%}
select
    r.domain_sessionid,
    r.event_id,
    r.collector_tstamp,
    {{ least_text('r.page_view_id') }} as page_view_id
from {{ ref('base_events_read') }} as r
inner join {{ ref('base_event_copies') }} as c on c.event_id = r.event_id
group by
    r.domain_sessionid,
    r.event_id,
    r.collector_tstamp
{%- endmacro %}

{#- That an event and what was noted of one with its id are of one copy. -#}
{% macro same_copy(e, r) -%}
{{ e }}.collector_tstamp = {{ r }}.collector_tstamp and {{ e }}.domain_sessionid = {{ r }}.domain_sessionid
{%- endmacro %}

{#- The order of the copies of an event; the first stays. Source: SEMANTICS, "base", 3.
    order by {{ event_copy_order('e') }} -#}
{% macro event_copy_order(e) -%}
{{ e }}.collector_tstamp, {{ e }}.dvce_created_tstamp, {{ e }}.derived_tstamp, {{ e }}.etl_tstamp, {{ binary_order(e + '.page_url') }}, {{ binary_order(e + '.page_title') }}
{%- endmacro %}

{#- The page view ids of events, a row for each context.
    {{ page_view_ids('base_limits') }} -#}
{% macro page_view_ids(limits) -%}
{{ adapter.dispatch('page_view_ids')(limits) }}
{%- endmacro %}

{% macro default__page_view_ids(limits) -%}
select
    c.root_id,
    c.root_tstamp,
    c.id as page_view_id
from {{ source('atomic', 'com_snowplowanalytics_snowplow_web_page_1') }} as c
where c.root_tstamp >= {{ limit(limits, 'scan_limit') }}
    and c.root_tstamp <= {{ limit(limits, 'upper_limit') }}
{%- endmacro %}

{#- The web page contexts stand in the event itself. -#}
{% macro snowflake__page_view_ids(limits) -%}
select
    e.event_id as root_id,
    e.collector_tstamp as root_tstamp,
    cast(get_path(c.value, 'id') as varchar) as page_view_id
from {{ source('atomic', 'events') }} as e,
    lateral flatten(input => e.contexts_com_snowplowanalytics_snowplow_web_page_1) as c
where e.collector_tstamp >= {{ limit(limits, 'scan_limit') }}
    and e.collector_tstamp <= {{ limit(limits, 'upper_limit') }}
{%- endmacro %}
