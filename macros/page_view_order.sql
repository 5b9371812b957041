{#- The order of page views, total: what it leaves open the page view id decides.
    row_number() over (partition by s.domain_sessionid order by {{ page_view_order('s') }}) -#}
{% macro page_view_order(alias) -%}
{{ alias }}.derived_tstamp, {{ alias }}.dvce_created_tstamp, {{ alias }}.collector_tstamp, {{ binary_order(alias + '.event_id') }}, {{ binary_order(alias + '.page_view_id') }}
{%- endmacro %}
