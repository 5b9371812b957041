{#- Rules for page views, over the alias of an event or of values of a page view. Source: SEMANTICS, "page views". -#}

{#- That an event is not of a bot, as most are not.
    where {{ is_of_no_bot('e') }} -#}
{% macro is_of_no_bot(e) -%}
{%- if var('ua_bot_filter') -%}
{{ likely('not exists (select 1 from ' + ref('page_view_bots') + ' as bot where bot.useragent = ' + e + '.useragent)') }}
{%- else -%}
1 = 1
{%- endif -%}
{%- endmacro %}

{#- A number for each row of a select, in no order.
    select {{ any_number() }} as event_number -#}
{% macro any_number() -%}
{{ adapter.dispatch('any_number')() }}
{%- endmacro %}

{% macro default__any_number() -%}
row_number() over ()
{%- endmacro %}

{#- Wants an order. -#}
{% macro snowflake__any_number() -%}
row_number() over (order by 1)
{%- endmacro %}

{#- What a user agent of a bot contains, in this very spelling. -#}
{% macro bot_words() -%}
bot|crawl|slurp|spider|archiv|spinn|sniff|seo|audit|survey|pingdom|worm|capture|browsershots|screenshots|analyz|index|thumb|check|facebook|PingdomBot|PhantomJS|YandexBot|Twitterbot|a_archiver|facebookexternalhit|Bingbot|BingPreview|Googlebot|Baiduspider|360Spider|360User-agent|semalt
{%- endmacro %}

{#- Whole percent of the page that came into view, halves up: a database that rounds halves to even would be off by one.
    {{ percentage_scrolled('x_pixels', 'view_width', 'doc_width') }} -#}
{% macro percentage_scrolled(pixels, view, size) -%}
floor(100 * least(cast({{ pixels }} as double precision) + {{ view }}, {{ size }}) / {{ size }} + 0.5)
{%- endmacro %}

{#- One row of an enrichment for an event; of several the least by all their columns.
    {{ enrichment_rows('nl_basjes_yauaa_context_1', ['device_class', 'agent_class']) }} -#}
{% macro enrichment_rows(table, columns) -%}
select
    n.root_id,
    n.root_tstamp,
{%- for column in columns %}
    n.{{ column }}{{ ',' if not loop.last }}
{%- endfor %}
from (
    select
        c.root_id,
        c.root_tstamp,
{%- for column in columns %}
        c.{{ column }},
{%- endfor %}
        row_number() over (
            partition by c.root_id, c.root_tstamp
            order by
{%- for column in columns %} {{ 'c.' + column if column == 'spider_or_robot' else binary_order('c.' + column) }}{{ ',' if not loop.last }}{% endfor %}
        ) as position
    from {{ adapter.dispatch('enrichment_source')(table, columns) }} as c
    where c.root_tstamp >= {{ limit('page_views_events_limits', 'lower_limit') }}
        and c.root_tstamp <= {{ limit('page_views_events_limits', 'upper_limit') }}
) as n
where n.position = 1
{%- endmacro %}

{% macro default__enrichment_source(table, columns) -%}
{{ source('atomic', table) }}
{%- endmacro %}

{#- Enrichments stand in the event itself: element 0 of an array, its fields in camelCase. -#}
{% macro snowflake__enrichment_source(table, columns) -%}
(
        select
            e.event_id as root_id,
            e.collector_tstamp as root_tstamp,
{%- for column in columns %}
            cast(get_path(e.contexts_{{ table }}, '[0].{{ camel_case(column) }}') as {{ 'boolean' if column == 'spider_or_robot' else 'varchar' }}) as {{ column }}{{ ',' if not loop.last }}
{%- endfor %}
        from {{ source('atomic', 'events') }} as e
        where get_path(e.contexts_{{ table }}, '[0]') is not null
            and e.collector_tstamp >= {{ limit('page_views_events_limits', 'lower_limit') }}
            and e.collector_tstamp <= {{ limit('page_views_events_limits', 'upper_limit') }}
    )
{%- endmacro %}

{#- device_class -> deviceClass -#}
{% macro camel_case(name) -%}
{%- for word in name.split('_') -%}
{{ word if loop.first else word | capitalize }}
{%- endfor -%}
{%- endmacro %}
