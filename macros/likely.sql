{#- A condition that most rows meet, where Postgres cannot know it: of one between two tables it expects that a third meets it, of two
    such a ninth, of a place in a window a two-hundredth, and of what is not in a table that it knows nothing of often none. Of
    this one it expects half.
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
