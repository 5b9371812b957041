{#- Whether a text contains one of several words, case-sensitive; the words are joined by |, without anything that a
    regular expression would read as more than itself.
    {{ contains_word('e.useragent', 'bot|crawl') }} -#}
{% macro contains_word(expression, words) -%}
{{ adapter.dispatch('contains_word')(expression, words) }}
{%- endmacro %}

{% macro default__contains_word(expression, words) -%}
{{ expression }} ~ '{{ words }}'
{%- endmacro %}

{#- `rlike` would want the whole text to match. -#}
{% macro snowflake__contains_word(expression, words) -%}
regexp_instr({{ expression }}, '{{ words }}') > 0
{%- endmacro %}
