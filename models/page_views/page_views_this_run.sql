{{ config(materialized='scratch', unique_key='page_view_id', history='page_views') }}

{#- The page view events that may become a row, before their copies are taken out. Read once, so that Postgres need not put
    them aside as they are. -#}
with page_view_events as (
    select
        {{ page_view_event_columns('e') }},
        row_number() over (partition by e.page_view_id order by {{ page_view_order('e') }}) as copy,
        count(*) over (partition by e.page_view_id) as copies
    from {{ ref('events_staged') }} as e
    where {{ may_be_page_view('e') }}
),

{%- if not var('skip_derived') %}

-- A page view id that stands in production in a session outside of this batch stays there.
page_views_standing as (
    select p.page_view_id
    from {{ previous('page_views') }} as p
    left join {{ ref('page_views_batch') }} as b on b.domain_sessionid = p.domain_sessionid
    where p.page_view_id in (
            select e.page_view_id
            from {{ ref('events_staged') }} as e
            where {{ may_be_page_view('e') | indent(8) }}
        )
        and b.domain_sessionid is null
),
{%- endif %}

-- Copies go before page views are numbered, else their numbers would have gaps.
page_views_kept as (
    select
        {{ page_view_event_columns('e') }},
        row_number() over (partition by e.domain_sessionid order by {{ page_view_order('e') }}) as page_view_in_session_index,
        count(*) over (partition by e.domain_sessionid) as page_views_in_session
    from page_view_events as e
{%- if not var('skip_derived') %}
    left join page_views_standing as p on p.page_view_id = e.page_view_id
{%- endif %}
    where {{ 'e.copy = 1' if var('page_view_dedupe') == 'first' else 'e.copies = 1' }}
{%- if not var('skip_derived') %}
        and p.page_view_id is null
{%- endif %}
),

-- Page pings belong to a page view only within its own session: an id can turn up in another.
pings as (
    select
        p.page_view_id,
        p.domain_sessionid,
        max(p.last_ping) as last_ping,
        count(*) as beats
    from (
        select
            e.page_view_id,
            e.domain_sessionid,
            max(e.derived_tstamp) as last_ping
        from {{ ref('events_staged') }} as e
        where e.event_name = 'page_ping'
            and e.page_view_id is not null
            and e.derived_tstamp is not null
        group by
            e.page_view_id,
            e.domain_sessionid,
            floor({{ epoch_seconds('e.derived_tstamp') }} / cast({{ var('heartbeat') }} as double precision))
    ) as p
    group by
        p.page_view_id,
        p.domain_sessionid
),

scrolled as (
    select
        e.page_view_id,
        e.domain_sessionid,
        max(e.doc_width) as doc_width,
        max(e.doc_height) as doc_height,
        greatest(max(coalesce(e.pp_xoffset_max, 0)), 0) as x_offset,
        greatest(max(coalesce(e.pp_yoffset_max, 0)), 0) as y_offset,
        max(coalesce(e.br_viewwidth, 0)) as view_width,
        max(coalesce(e.br_viewheight, 0)) as view_height
    from {{ ref('events_staged') }} as e
    where e.event_name in ('page_view', 'page_ping')
        and e.page_view_id is not null
        and e.doc_width > 0
        and e.doc_height > 0
    group by
        e.page_view_id,
        e.domain_sessionid
),

measured as (
    select
        s.page_view_id,
        s.domain_sessionid,
        s.doc_width,
        s.doc_height,
        least(s.x_offset, s.doc_width) as x_pixels,
        least(s.y_offset, s.doc_height) as y_pixels,
        s.view_width,
        s.view_height
    from scrolled as s
)

select
    k.page_view_id,
    k.event_id,
    k.app_id,
    k.user_id,
    k.domain_userid,
    k.network_userid,
    k.domain_sessionid,
    k.domain_sessionidx,
    cast(k.page_view_in_session_index as integer) as page_view_in_session_index,
    cast(k.page_views_in_session as integer) as page_views_in_session,
    k.dvce_created_tstamp,
    k.collector_tstamp,
    k.derived_tstamp,
    k.derived_tstamp as start_tstamp,
    case when p.last_ping > k.derived_tstamp then p.last_ping else k.derived_tstamp end as end_tstamp,
    cast(coalesce({{ var('heartbeat') }} * (p.beats - 1) + {{ var('minimum_visit_length') }}, 0) as integer) as engaged_time_in_s,
    case when p.last_ping > k.derived_tstamp then {{ seconds_between('k.derived_tstamp', 'p.last_ping') }} else 0 end as absolute_time_in_s,
    m.x_pixels as horizontal_pixels_scrolled,
    m.y_pixels as vertical_pixels_scrolled,
    {{ percentage_scrolled('m.x_pixels', 'm.view_width', 'm.doc_width') }} as horizontal_percentage_scrolled,
    {{ percentage_scrolled('m.y_pixels', 'm.view_height', 'm.doc_height') }} as vertical_percentage_scrolled,
    k.doc_width,
    k.doc_height,
    k.page_title,
    k.page_url,
    k.page_urlscheme,
    k.page_urlhost,
    k.page_urlpath,
    k.page_urlquery,
    k.page_urlfragment,
    k.mkt_medium,
    k.mkt_source,
    k.mkt_term,
    k.mkt_content,
    k.mkt_campaign,
    k.mkt_clickid,
    k.mkt_network,
    k.page_referrer,
    k.refr_urlscheme,
    k.refr_urlhost,
    k.refr_urlpath,
    k.refr_urlquery,
    k.refr_urlfragment,
    k.refr_medium,
    k.refr_source,
    k.refr_term,
    k.geo_country,
    k.geo_region,
    k.geo_region_name,
    k.geo_city,
    k.geo_zipcode,
    k.geo_latitude,
    k.geo_longitude,
    k.geo_timezone,
    k.user_ipaddress,
    k.useragent,
    k.br_lang,
    k.br_viewwidth,
    k.br_viewheight,
    k.br_colordepth,
    k.br_renderengine,
    k.os_timezone,
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
from page_views_kept as k
left join pings as p on p.page_view_id = k.page_view_id and p.domain_sessionid = k.domain_sessionid
left join measured as m on m.page_view_id = k.page_view_id and m.domain_sessionid = k.domain_sessionid
{%- if var('iab') %}
left join (
    {{ enrichment_rows('com_iab_snowplow_spiders_and_robots_1', ['category', 'primary_impact', 'reason', 'spider_or_robot']) | indent(4) }}
) as iab on iab.root_id = k.event_id and iab.root_tstamp = k.collector_tstamp
{%- endif %}
{%- if var('ua_parser') %}
left join (
    {{ enrichment_rows('com_snowplowanalytics_snowplow_ua_parser_context_1', ['useragent_family', 'useragent_major', 'useragent_minor', 'useragent_patch', 'useragent_version', 'os_family', 'os_major', 'os_minor', 'os_patch', 'os_patch_minor', 'os_version', 'device_family']) | indent(4) }}
) as ua_parser on ua_parser.root_id = k.event_id and ua_parser.root_tstamp = k.collector_tstamp
{%- endif %}
{%- if var('yauaa') %}
left join (
    {{ enrichment_rows('nl_basjes_yauaa_context_1', ['device_class', 'agent_class', 'agent_name', 'agent_name_version', 'agent_name_version_major', 'agent_version', 'agent_version_major', 'device_brand', 'device_name', 'device_version', 'layout_engine_class', 'layout_engine_name', 'layout_engine_name_version', 'layout_engine_name_version_major', 'layout_engine_version', 'layout_engine_version_major', 'operating_system_class', 'operating_system_name', 'operating_system_name_version', 'operating_system_version']) | indent(4) }}
) as yauaa on yauaa.root_id = k.event_id and yauaa.root_tstamp = k.collector_tstamp
{%- endif %}
