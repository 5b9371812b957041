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

{#- Redshift and Snowflake have a function of their own, which counts in whole numbers. -#}
{% macro redshift__add_time(expression, number, unit) -%}
{{ date_add(expression, number, unit) }}
{%- endmacro %}

{% macro snowflake__add_time(expression, number, unit) -%}
{{ date_add(expression, number, unit) }}
{%- endmacro %}

{% macro date_add(expression, number, unit) -%}
{%- set seconds = number * (86400 if unit == 'day' else 3600) -%}
{%- if number | round == number -%}
dateadd('{{ unit }}', {{ number }}, {{ expression }})
{%- else -%}
dateadd('second', {{ seconds | round }}, {{ expression }})
{%- endif -%}
{%- endmacro %}
