{#- A text as a timestamp without time zone.
    {{ as_timestamp(var('start_date')) }} -#}
{% macro as_timestamp(text) -%}
cast({{ literal(text) }} as {{ adapter.dispatch('timestamp_type')() }})
{%- endmacro %}

{% macro default__timestamp_type() -%}
timestamp
{%- endmacro %}

{#- `timestamp` alone means there what the session is set to. -#}
{% macro snowflake__timestamp_type() -%}
timestamp_ntz
{%- endmacro %}
