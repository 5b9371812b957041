{#- Rules of what counts, for a row of the events. Source: SEMANTICS, "base", 1. -#}

{#- That an event is one of those that are wanted at all, whenever it was sent.
    where {{ event_is_wanted('e') }} -#}
{% macro event_is_wanted(e) -%}
{{ e }}.domain_sessionid is not null
    and {{ e }}.collector_tstamp >= {{ as_timestamp(var('start_date')) }}
{%- if var('app_ids') | length > 0 %}
    and {{ e }}.app_id in ({{ literal(var('app_ids')) }})
{%- endif %}
{%- endmacro %}

{#- That an event was sent soon enough after it was created; where either time is not known, it was.
    {{ sent_in_time('e') }} -#}
{% macro sent_in_time(e) -%}
coalesce({{ e }}.dvce_sent_tstamp <= {{ add_days(e + '.dvce_created_tstamp', var('days_late_allowed')) }}, 1 = 1)
{%- endmacro %}

{#- The days after its beginning for which the events of a session count. -#}
{% macro session_days() -%}
{%- if var('max_session_days') === none or var('session_lookback_days') < var('max_session_days') -%}
{{ var('session_lookback_days') }}
{%- else -%}
{{ var('max_session_days') }}
{%- endif -%}
{%- endmacro %}

{#- That an event is early enough in its session to count. Source: SEMANTICS, "base", 2 and 5.
    {{ within_session('e.collector_tstamp', 's.session_start') }} -#}
{% macro within_session(tstamp, session_start) -%}
{{ tstamp }} <= {{ add_days(session_start, session_days()) }}
{%- endmacro %}
