{#- An expression of no row's, worked out once. Postgres reads a setting anew for each row, half a microsecond long; but asked
    once it is not known when a plan is made: only for where the plan does not turn on how many rows it leaves.
    {{ asked_once(limit('base_limits', 'scan_limit')) }} -#}
{% macro asked_once(expression) -%}
{{ adapter.dispatch('asked_once')(expression) }}
{%- endmacro %}

{% macro default__asked_once(expression) -%}
{{ expression }}
{%- endmacro %}

{% macro postgres__asked_once(expression) -%}
(select {{ expression }})
{%- endmacro %}
