{#- Whole seconds from one timestamp to another: the difference of their floored epochs, never of rounded ones.
    {{ seconds_between('start_tstamp', 'end_tstamp') }} -#}
{% macro seconds_between(first, last) -%}
{{ adapter.dispatch('seconds_between')(first, last) }}
{%- endmacro %}

{% macro default__seconds_between(first, last) -%}
cast(floor(extract(epoch from {{ last }})) - floor(extract(epoch from {{ first }})) as integer)
{%- endmacro %}
