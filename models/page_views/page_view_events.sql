{{ config(materialized='scratch', unique_key='event_number', statistics=['page_view_id', 'domain_sessionid']) }}

-- The events that may become page views, whole, with their enrichments. The number is of no meaning: by it the row of a
-- page view is found again.
select
    {{ any_number() }} as event_number,
    {{ page_view_event_columns('e') }},
    {{ 'iab.category' if var('iab') else 'cast(null as varchar)' }} as category,
    {{ 'iab.primary_impact' if var('iab') else 'cast(null as varchar)' }} as primary_impact,
    {{ 'iab.reason' if var('iab') else 'cast(null as varchar)' }} as reason,
    {{ 'iab.spider_or_robot' if var('iab') else 'cast(null as boolean)' }} as spider_or_robot,
    {{ 'ua_parser.useragent_family' if var('ua_parser') else 'cast(null as varchar)' }} as useragent_family,
    {{ 'ua_parser.useragent_major' if var('ua_parser') else 'cast(null as varchar)' }} as useragent_major,
    {{ 'ua_parser.useragent_minor' if var('ua_parser') else 'cast(null as varchar)' }} as useragent_minor,
    {{ 'ua_parser.useragent_patch' if var('ua_parser') else 'cast(null as varchar)' }} as useragent_patch,
    {{ 'ua_parser.useragent_version' if var('ua_parser') else 'cast(null as varchar)' }} as useragent_version,
    {{ 'ua_parser.os_family' if var('ua_parser') else 'cast(null as varchar)' }} as os_family,
    {{ 'ua_parser.os_major' if var('ua_parser') else 'cast(null as varchar)' }} as os_major,
    {{ 'ua_parser.os_minor' if var('ua_parser') else 'cast(null as varchar)' }} as os_minor,
    {{ 'ua_parser.os_patch' if var('ua_parser') else 'cast(null as varchar)' }} as os_patch,
    {{ 'ua_parser.os_patch_minor' if var('ua_parser') else 'cast(null as varchar)' }} as os_patch_minor,
    {{ 'ua_parser.os_version' if var('ua_parser') else 'cast(null as varchar)' }} as os_version,
    {{ 'ua_parser.device_family' if var('ua_parser') else 'cast(null as varchar)' }} as device_family,
    {{ 'yauaa.device_class' if var('yauaa') else 'cast(null as varchar)' }} as device_class,
    {{ 'yauaa.agent_class' if var('yauaa') else 'cast(null as varchar)' }} as agent_class,
    {{ 'yauaa.agent_name' if var('yauaa') else 'cast(null as varchar)' }} as agent_name,
    {{ 'yauaa.agent_name_version' if var('yauaa') else 'cast(null as varchar)' }} as agent_name_version,
    {{ 'yauaa.agent_name_version_major' if var('yauaa') else 'cast(null as varchar)' }} as agent_name_version_major,
    {{ 'yauaa.agent_version' if var('yauaa') else 'cast(null as varchar)' }} as agent_version,
    {{ 'yauaa.agent_version_major' if var('yauaa') else 'cast(null as varchar)' }} as agent_version_major,
    {{ 'yauaa.device_brand' if var('yauaa') else 'cast(null as varchar)' }} as device_brand,
    {{ 'yauaa.device_name' if var('yauaa') else 'cast(null as varchar)' }} as device_name,
    {{ 'yauaa.device_version' if var('yauaa') else 'cast(null as varchar)' }} as device_version,
    {{ 'yauaa.layout_engine_class' if var('yauaa') else 'cast(null as varchar)' }} as layout_engine_class,
    {{ 'yauaa.layout_engine_name' if var('yauaa') else 'cast(null as varchar)' }} as layout_engine_name,
    {{ 'yauaa.layout_engine_name_version' if var('yauaa') else 'cast(null as varchar)' }} as layout_engine_name_version,
    {{ 'yauaa.layout_engine_name_version_major' if var('yauaa') else 'cast(null as varchar)' }} as layout_engine_name_version_major,
    {{ 'yauaa.layout_engine_version' if var('yauaa') else 'cast(null as varchar)' }} as layout_engine_version,
    {{ 'yauaa.layout_engine_version_major' if var('yauaa') else 'cast(null as varchar)' }} as layout_engine_version_major,
    {{ 'yauaa.operating_system_class' if var('yauaa') else 'cast(null as varchar)' }} as operating_system_class,
    {{ 'yauaa.operating_system_name' if var('yauaa') else 'cast(null as varchar)' }} as operating_system_name,
    {{ 'yauaa.operating_system_name_version' if var('yauaa') else 'cast(null as varchar)' }} as operating_system_name_version,
    {{ 'yauaa.operating_system_version' if var('yauaa') else 'cast(null as varchar)' }} as operating_system_version
from {{ ref('events_staged') }} as e
{%- if var('iab') %}
left join (
    {{ enrichment_rows('com_iab_snowplow_spiders_and_robots_1', ['category', 'primary_impact', 'reason', 'spider_or_robot']) | indent(4) }}
) as iab on iab.root_id = e.event_id and iab.root_tstamp = e.collector_tstamp
{%- endif %}
{%- if var('ua_parser') %}
left join (
    {{ enrichment_rows('com_snowplowanalytics_snowplow_ua_parser_context_1', ['useragent_family', 'useragent_major', 'useragent_minor', 'useragent_patch', 'useragent_version', 'os_family', 'os_major', 'os_minor', 'os_patch', 'os_patch_minor', 'os_version', 'device_family']) | indent(4) }}
) as ua_parser on ua_parser.root_id = e.event_id and ua_parser.root_tstamp = e.collector_tstamp
{%- endif %}
{%- if var('yauaa') %}
left join (
    {{ enrichment_rows('nl_basjes_yauaa_context_1', ['device_class', 'agent_class', 'agent_name', 'agent_name_version', 'agent_name_version_major', 'agent_version', 'agent_version_major', 'device_brand', 'device_name', 'device_version', 'layout_engine_class', 'layout_engine_name', 'layout_engine_name_version', 'layout_engine_name_version_major', 'layout_engine_version', 'layout_engine_version_major', 'operating_system_class', 'operating_system_name', 'operating_system_name_version', 'operating_system_version']) | indent(4) }}
) as yauaa on yauaa.root_id = e.event_id and yauaa.root_tstamp = e.collector_tstamp
{%- endif %}
where e.event_name = 'page_view'
    and e.page_view_id is not null
    and e.domain_sessionid is not null
    and e.derived_tstamp is not null
