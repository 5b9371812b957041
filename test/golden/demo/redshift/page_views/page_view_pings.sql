-- drop scratch.page_view_pings of an earlier run
-- only if base finds something new
-- only if there: scratch.page_view_pings
drop table if exists scratch.page_view_pings;

-- build page_view_pings
-- only if base finds something new
create table scratch.page_view_pings
backup no
diststyle key
distkey (page_view_id)
as
with handed_on__events_in_short as (
select
    m.page_view_id,
    m.event_id,
    m.domain_sessionid,
    m.collector_tstamp,
    m.event_name,
    m.derived_tstamp,
    m.doc_width,
    m.doc_height,
    m.pp_xoffset_max,
    m.pp_yoffset_max,
    m.br_viewwidth,
    m.br_viewheight
from (
-- The same events as events_this_run, with no more of them than was noted when they were read; so the events need not be
-- read once more.
select
    r.page_view_id,
    r.event_id,
    r.domain_sessionid,
    r.collector_tstamp,
    r.event_name,
    r.derived_tstamp,
    r.doc_width,
    r.doc_height,
    r.pp_xoffset_max,
    r.pp_yoffset_max,
    r.br_viewwidth,
    r.br_viewheight
from scratch.base_events_read as r
left join scratch.base_event_copies as c on c.event_id = r.event_id
where r.event_id is not null
    and c.event_id is null

union all

select
    k.page_view_id,
    k.event_id,
    k.domain_sessionid,
    k.collector_tstamp,
    k.event_name,
    k.derived_tstamp,
    k.doc_width,
    k.doc_height,
    k.pp_xoffset_max,
    k.pp_yoffset_max,
    k.br_viewwidth,
    k.br_viewheight
from scratch.event_copies_kept as k
) as m

union all

select
    s.page_view_id,
    s.event_id,
    s.domain_sessionid,
    s.collector_tstamp,
    s.event_name,
    s.derived_tstamp,
    s.doc_width,
    s.doc_height,
    s.pp_xoffset_max,
    s.pp_yoffset_max,
    s.br_viewwidth,
    s.br_viewheight
from scratch.events_staged as s
where not exists (select 1 from scratch.base_sessions_this_run as b where b.domain_sessionid = s.domain_sessionid)
)
select * from (
-- The last page ping of each page view, and in how many heartbeats there was one. They belong to a page view only within
-- its own session: an id can turn up in another.
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
    from handed_on__events_in_short as e
    where e.event_name = 'page_ping'
        and e.page_view_id is not null
        and e.derived_tstamp is not null
    group by
        e.page_view_id,
        e.domain_sessionid,
        floor(datediff('second', cast('1970-01-01' as timestamp), e.derived_tstamp) / cast(10 as double precision))
) as p
group by
    p.page_view_id,
    p.domain_sessionid
) as page_view_pings;
