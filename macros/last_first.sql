{#- The ascending order with NULLs last, turned round: what stands last there stands first here, but a NULL never wins.
    order by {{ last_first('end_tstamp') }} -#}
{% macro last_first(expression) -%}
{{ expression }} desc nulls last
{%- endmacro %}
