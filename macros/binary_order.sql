{#- A text to order by that gives the same order on every warehouse: by bytes, whatever the database's collation.
    order by {{ binary_order('event_id') }} -#}
{% macro binary_order(expression) -%}
{{ adapter.dispatch('binary_order')(expression) }}
{%- endmacro %}

{% macro default__binary_order(expression) -%}
{{ expression }}
{%- endmacro %}

{% macro postgres__binary_order(expression) -%}
{{ expression }} collate "C"
{%- endmacro %}
