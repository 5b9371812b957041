{{ config(materialized='scratch', unique_key=['page_view_id', 'domain_sessionid']) }}

{#- Only such an event tells of scrolling. -#}
{%- set knows_the_page = 'e.doc_width > 0 and e.doc_height > 0' -%}

-- What the events of each page view tell of it: its last page ping, in how many heartbeats there was one, how large the page
-- was and the view of it, and how far it was scrolled, in pixels. They belong to a page view only within its own session: an
-- id can turn up in another. The events are read and grouped once for all of it.
select
    a.page_view_id,
    a.domain_sessionid,
    max(a.last_ping) as last_ping,
    nullif(sum(a.beats), 0) as beats,
    max(a.doc_width) as doc_width,
    max(a.doc_height) as doc_height,
    case when max(a.doc_width) > 0 then least(greatest(max(a.x_offset), 0), max(a.doc_width)) end as x_pixels,
    case when max(a.doc_height) > 0 then least(greatest(max(a.y_offset), 0), max(a.doc_height)) end as y_pixels,
    max(a.view_width) as view_width,
    max(a.view_height) as view_height
from (
    select
        e.page_view_id,
        e.domain_sessionid,
        max(e.ping_tstamp) as last_ping,
        {{ heartbeats_of_group('e.ping_tstamp') }} as beats,
        max(e.doc_width) as doc_width,
        max(e.doc_height) as doc_height,
        max(e.x_offset) as x_offset,
        max(e.y_offset) as y_offset,
        max(e.view_width) as view_width,
        max(e.view_height) as view_height
    from (
        select
            e.page_view_id,
            e.domain_sessionid,
            e.derived_tstamp,
            case when e.event_name = 'page_ping' then e.derived_tstamp end as ping_tstamp,
            case when {{ knows_the_page }} then e.doc_width end as doc_width,
            case when {{ knows_the_page }} then e.doc_height end as doc_height,
            case when {{ knows_the_page }} then coalesce(e.pp_xoffset_max, 0) end as x_offset,
            case when {{ knows_the_page }} then coalesce(e.pp_yoffset_max, 0) end as y_offset,
            case when {{ knows_the_page }} then coalesce(e.br_viewwidth, 0) end as view_width,
            case when {{ knows_the_page }} then coalesce(e.br_viewheight, 0) end as view_height
        from {{ ref('events_staged') }} as e
        where e.event_name in ('page_view', 'page_ping')
            and e.page_view_id is not null
    ) as e
    group by
        e.page_view_id,
        e.domain_sessionid,
        {{ heartbeat_group('e.derived_tstamp') }}
) as a
group by
    a.page_view_id,
    a.domain_sessionid
