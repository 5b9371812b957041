{#- Whole seconds since 1970 of a timestamp, fractions cut off towards the past.
    {{ epoch_seconds('derived_tstamp') }} -#}
{% macro epoch_seconds(expression) -%}
{{ adapter.dispatch('epoch_seconds')(expression) }}
{%- endmacro %}

{% macro default__epoch_seconds(expression) -%}
floor(extract(epoch from {{ expression }}))
{%- endmacro %}
