-- drop scratch.page_views_measured_test of an earlier run
-- only if base finds something new
-- only if there: scratch.page_views_measured_test
drop table if exists scratch.page_views_measured_test;

-- build page_views_measured
-- only if base finds something new
create unlogged table scratch.page_views_measured_test as
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
        row_number() over (partition by e.page_view_id order by e.derived_tstamp, e.dvce_created_tstamp, e.collector_tstamp, e.event_id collate "C", e.page_view_id collate "C") as copy,
        count(*) over (partition by e.page_view_id) as copies
    from scratch.page_view_events_test as e
    where coalesce(not exists (select 1 from scratch.page_view_bots_test as bot where bot.useragent = e.useragent), 1 = 0)
),

-- A page view id that stands in production in a session outside of this batch stays there.
page_views_standing as (
    select p.page_view_id
    from derived.page_views_test as p
    left join scratch.page_views_batch_test as b on b.domain_sessionid = p.domain_sessionid
    where p.page_view_id in (
            select e.page_view_id
            from scratch.page_view_events_test as e
            where coalesce(not exists (select 1 from scratch.page_view_bots_test as bot where bot.useragent = e.useragent), 1 = 0)
        )
        and b.domain_sessionid is null
),

page_views_kept as (
    select
        c.event_number,
        c.page_view_id,
        c.domain_sessionid,
        c.derived_tstamp,
        row_number() over (partition by c.domain_sessionid order by c.derived_tstamp, c.dvce_created_tstamp, c.collector_tstamp, c.event_id collate "C", c.page_view_id collate "C") as page_view_in_session_index,
        count(*) over (partition by c.domain_sessionid) as page_views_in_session
    from candidates as c
    left join page_views_standing as p on p.page_view_id = c.page_view_id
    where coalesce(c.copy = 1, 1 = 0)
        and p.page_view_id is null
)

select
    k.event_number,
    k.page_view_id,
    cast(k.page_view_in_session_index as integer) as page_view_in_session_index,
    cast(k.page_views_in_session as integer) as page_views_in_session,
    k.derived_tstamp as start_tstamp,
    case when a.last_ping > k.derived_tstamp then a.last_ping else k.derived_tstamp end as end_tstamp,
    cast(coalesce(10 * (a.beats - 1) + 5, 0) as integer) as engaged_time_in_s,
    case when a.last_ping > k.derived_tstamp then cast(floor(date_part('epoch', a.last_ping)) - floor(date_part('epoch', k.derived_tstamp)) as integer) else 0 end as absolute_time_in_s,
    a.x_pixels as horizontal_pixels_scrolled,
    a.y_pixels as vertical_pixels_scrolled,
    floor(100 * least(cast(a.x_pixels as double precision) + a.view_width, a.doc_width) / a.doc_width + 0.5) as horizontal_percentage_scrolled,
    floor(100 * least(cast(a.y_pixels as double precision) + a.view_height, a.doc_height) / a.doc_height + 0.5) as vertical_percentage_scrolled
from page_views_kept as k
left join scratch.page_view_activity_test as a on a.page_view_id = k.page_view_id and a.domain_sessionid = k.domain_sessionid;

-- statistics of scratch.page_views_measured_test
-- only if base finds something new
-- only if there are rows
analyze scratch.page_views_measured_test (event_number, page_view_id);
