{#- Heartbeats are the lengths of time in which the page pings of a page view are counted: each counts once, however many pings
    there are in it. Events are grouped by times first, so that each heartbeat falls into one group, and the heartbeats of the
    groups are added then. Source: SEMANTICS, "page views". -#}

{#- The number of the heartbeat in which a time lies. -#}
{% macro heartbeat(tstamp) -%}
floor({{ epoch_seconds(tstamp) }} / cast({{ var('heartbeat') }} as double precision))
{%- endmacro %}

{#- What to group the events of a page view by.
    group by e.page_view_id, {{ heartbeat_group('e.derived_tstamp') }} -#}
{% macro heartbeat_group(tstamp) -%}
{{ adapter.dispatch('heartbeat_group')(tstamp) }}
{%- endmacro %}

{#- In how many heartbeats of a group there is one of these times; 0 or NULL where all are NULL.
    {{ heartbeats_of_group('e.ping_tstamp') }} -#}
{% macro heartbeats_of_group(tstamp) -%}
{{ adapter.dispatch('heartbeats_of_group')(tstamp) }}
{%- endmacro %}

{% macro default__heartbeat_group(tstamp) -%}
{{ heartbeat(tstamp) }}
{%- endmacro %}

{% macro default__heartbeats_of_group(tstamp) -%}
count(distinct {{ heartbeat(tstamp) }})
{%- endmacro %}

{#- On Postgres a group for each heartbeat would be one for nearly each event. 31 heartbeats are the bits of a number here. -#}
{% macro postgres__heartbeat_group(tstamp) -%}
floor({{ heartbeat(tstamp) }} / 31)
{%- endmacro %}

{% macro postgres__heartbeats_of_group(tstamp) -%}
length(replace(cast(cast(bit_or(1 << cast({{ heartbeat(tstamp) }} - 31 * {{ postgres__heartbeat_group(tstamp) }} as integer)) as bit(31)) as text), '0', ''))
{%- endmacro %}
