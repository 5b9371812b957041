{#- The least text of a group by its bytes, as a text like any other: with the collation that ordered it no index of a column would
    serve a join with it.
    {{ least_text('r.page_view_id') }} -#}
{% macro least_text(expression) -%}
{{ adapter.dispatch('least_text')(expression) }}
{%- endmacro %}

{% macro default__least_text(expression) -%}
min({{ expression }})
{%- endmacro %}

{% macro postgres__least_text(expression) -%}
cast(min({{ expression }} collate "C") as varchar) collate "default"
{%- endmacro %}
