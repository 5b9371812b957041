{#- A timestamp some days or hours later; negative numbers lead back. Plain arithmetic, no calendar.
    {{ add_days('collector_tstamp', 3) }} -#}
{% macro add_days(expression, days) -%}
{{ adapter.dispatch('add_time')(expression, days, 'day') }}
{%- endmacro %}

{% macro add_hours(expression, hours) -%}
{{ adapter.dispatch('add_time')(expression, hours, 'hour') }}
{%- endmacro %}

{% macro default__add_time(expression, number, unit) -%}
({{ expression }} + interval '{{ number }} {{ unit }}')
{%- endmacro %}
