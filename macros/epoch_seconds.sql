{#- Whole seconds since 1970 of a timestamp, fractions cut off towards the past.
    {{ epoch_seconds('derived_tstamp') }} -#}
{% macro epoch_seconds(expression) -%}
{{ adapter.dispatch('epoch_seconds')(expression) }}
{%- endmacro %}

{#- `extract` would give a numeric, which takes longer to floor. A double holds microseconds of these centuries apart. -#}
{% macro default__epoch_seconds(expression) -%}
floor(date_part('epoch', {{ expression }}))
{%- endmacro %}

{#- `datediff` counts the borders of seconds between two times: the difference of their floored epochs. -#}
{% macro redshift__epoch_seconds(expression) -%}
datediff('second', {{ as_timestamp('1970-01-01') }}, {{ expression }})
{%- endmacro %}

{% macro snowflake__epoch_seconds(expression) -%}
datediff('second', {{ as_timestamp('1970-01-01') }}, {{ expression }})
{%- endmacro %}
