{#- Whole seconds from one timestamp to another: the difference of their floored epochs, never of rounded ones.
    {{ seconds_between('start_tstamp', 'end_tstamp') }} -#}
{% macro seconds_between(first, last) -%}
{{ adapter.dispatch('seconds_between')(first, last) }}
{%- endmacro %}

{% macro default__seconds_between(first, last) -%}
cast({{ epoch_seconds(last) }} - {{ epoch_seconds(first) }} as integer)
{%- endmacro %}

{#- `datediff` counts the borders of seconds, which is that difference. -#}
{% macro redshift__seconds_between(first, last) -%}
cast(datediff('second', {{ first }}, {{ last }}) as integer)
{%- endmacro %}

{% macro snowflake__seconds_between(first, last) -%}
cast(datediff('second', {{ first }}, {{ last }}) as integer)
{%- endmacro %}
