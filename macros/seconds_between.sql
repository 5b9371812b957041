{#- Whole seconds from one timestamp to another: the difference of their floored epochs, never of rounded ones.
    {{ seconds_between('start_tstamp', 'end_tstamp') }} -#}
{% macro seconds_between(first, last) -%}
cast({{ epoch_seconds(last) }} - {{ epoch_seconds(first) }} as integer)
{%- endmacro %}
