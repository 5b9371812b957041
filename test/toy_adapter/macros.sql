{#- Variants of macros for the invented warehouse, which knows neither `interval` nor `extract`. -#}
{% macro toy__add_time(expression, number, unit) -%}
plus_seconds({{ expression }}, {{ (number * (86400 if unit == 'day' else 3600)) | round }})
{%- endmacro %}

{% macro toy__epoch_seconds(expression) -%}
whole_seconds({{ expression }})
{%- endmacro %}

{% macro toy__binary_order(expression) -%}
{{ expression }} collate "C"
{%- endmacro %}
