{#- The columns of an event that the standard model needs, and those that a project carries along beside them, each with
    the alias before it. The name of the event may come from elsewhere, where a planner has fewer rows to choose from.
    {{ event_columns('e') }} -#}
{% macro event_columns(alias, event_name_from=none) -%}
{%- set needed = [
    'event_id', 'event_name', 'app_id', 'user_id', 'domain_userid', 'network_userid', 'domain_sessionid',
    'domain_sessionidx', 'collector_tstamp', 'dvce_created_tstamp', 'derived_tstamp', 'page_url', 'page_title',
    'page_urlscheme', 'page_urlhost', 'page_urlpath', 'page_urlquery', 'page_urlfragment', 'mkt_medium', 'mkt_source',
    'mkt_term', 'mkt_content', 'mkt_campaign', 'mkt_clickid', 'mkt_network', 'page_referrer', 'refr_urlscheme',
    'refr_urlhost', 'refr_urlpath', 'refr_urlquery', 'refr_urlfragment', 'refr_medium', 'refr_source', 'refr_term',
    'geo_country', 'geo_region', 'geo_region_name', 'geo_city', 'geo_zipcode', 'geo_latitude', 'geo_longitude',
    'geo_timezone', 'user_ipaddress', 'useragent', 'br_lang', 'br_viewwidth', 'br_viewheight', 'br_colordepth',
    'br_renderengine', 'os_timezone', 'doc_width', 'doc_height', 'pp_xoffset_max', 'pp_yoffset_max'
] -%}
{%- for column in needed -%}
{{ event_name_from if event_name_from and column == 'event_name' else alias }}.{{ column }}{{ ',\n    ' if not loop.last }}
{%- endfor -%}
{%- for column in var('extra_event_columns') -%}
{%- if column not in needed and column != 'page_view_id' -%}
,
    {{ alias }}.{{ column }}
{%- endif -%}
{%- endfor -%}
{%- endmacro %}

{#- Of the columns of an event those that page views are measured by, page pings among them.
    {{ measured_columns('e') }} -#}
{% macro measured_columns(alias) -%}
{%- for column in ['derived_tstamp', 'doc_width', 'doc_height', 'pp_xoffset_max', 'pp_yoffset_max', 'br_viewwidth', 'br_viewheight', 'event_name'] -%}
{{ alias }}.{{ column }}{{ ',\n    ' if not loop.last }}
{%- endfor -%}
{%- endmacro %}
