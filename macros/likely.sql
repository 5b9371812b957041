{#- A condition between two tables that most of their rows meet. Of such a one Postgres knows nothing: it would take it for met by
    a third of them, two of these by a ninth, and keys beside a key by hardly any; of this one it expects half.
    {{ likely('e.collector_tstamp >= s.session_start') }} -#}
{% macro likely(condition) -%}
{{ adapter.dispatch('likely')(condition) }}
{%- endmacro %}

{% macro default__likely(condition) -%}
{{ condition }}
{%- endmacro %}

{% macro postgres__likely(condition) -%}
coalesce({{ condition }}, 1 = 0)
{%- endmacro %}
