{{ config(materialized='scratch', unique_key='page_view_id', replace_by='event_number') }}

-- The page views of the batch's sessions by their numbers, and what was measured of them. Copies go before page views are
-- numbered, else their numbers would have gaps.
with candidates as (
    select
        e.event_number,
        e.page_view_id,
        e.domain_sessionid,
        e.event_id,
        e.derived_tstamp,
        e.dvce_created_tstamp,
        e.collector_tstamp,
        row_number() over (partition by e.page_view_id order by {{ page_view_order('e') }}) as copy,
        count(*) over (partition by e.page_view_id) as copies
    from {{ ref('page_view_events') }} as e
    where {{ is_of_no_bot('e') }}
),

{%- if not var('skip_derived') %}

-- A page view id that stands in production in a session outside of this batch stays there.
page_views_standing as (
    select p.page_view_id
    from {{ previous('page_views') }} as p
    left join {{ ref('page_views_batch') }} as b on b.domain_sessionid = p.domain_sessionid
    where p.page_view_id in (
            select e.page_view_id
            from {{ ref('page_view_events') }} as e
            where {{ is_of_no_bot('e') }}
        )
        and b.domain_sessionid is null
),
{%- endif %}

page_views_kept as (
    select
        c.event_number,
        c.page_view_id,
        c.domain_sessionid,
        c.derived_tstamp,
        row_number() over (partition by c.domain_sessionid order by {{ page_view_order('c') }}) as page_view_in_session_index,
        count(*) over (partition by c.domain_sessionid) as page_views_in_session
    from candidates as c
{%- if not var('skip_derived') %}
    left join page_views_standing as p on p.page_view_id = c.page_view_id
{%- endif %}
    where {{ likely('c.copy = 1' if var('page_view_dedupe') == 'first' else 'c.copies = 1') }}
{%- if not var('skip_derived') %}
        and p.page_view_id is null
{%- endif %}
)

select
    k.event_number,
    k.page_view_id,
    cast(k.page_view_in_session_index as integer) as page_view_in_session_index,
    cast(k.page_views_in_session as integer) as page_views_in_session,
    k.derived_tstamp as start_tstamp,
    case when a.last_ping > k.derived_tstamp then a.last_ping else k.derived_tstamp end as end_tstamp,
    cast(coalesce({{ var('heartbeat') }} * (a.beats - 1) + {{ var('minimum_visit_length') }}, 0) as integer) as engaged_time_in_s,
    case when a.last_ping > k.derived_tstamp then {{ seconds_between('k.derived_tstamp', 'a.last_ping') }} else 0 end as absolute_time_in_s,
    a.x_pixels as horizontal_pixels_scrolled,
    a.y_pixels as vertical_pixels_scrolled,
    {{ percentage_scrolled('a.x_pixels', 'a.view_width', 'a.doc_width') }} as horizontal_percentage_scrolled,
    {{ percentage_scrolled('a.y_pixels', 'a.view_height', 'a.doc_height') }} as vertical_percentage_scrolled
from page_views_kept as k
left join {{ ref('page_view_activity') }} as a on a.page_view_id = k.page_view_id and a.domain_sessionid = k.domain_sessionid
