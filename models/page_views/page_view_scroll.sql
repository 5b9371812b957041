{{ config(materialized='scratch', unique_key=['page_view_id', 'domain_sessionid']) }}

-- How large the page of each page view was and the view of it, and how far it was scrolled, in pixels; no row where no event
-- knows the size of the page. As page pings, they count within a session.
select
    s.page_view_id,
    s.domain_sessionid,
    s.doc_width,
    s.doc_height,
    least(s.x_offset, s.doc_width) as x_pixels,
    least(s.y_offset, s.doc_height) as y_pixels,
    s.view_width,
    s.view_height
from (
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
) as s
