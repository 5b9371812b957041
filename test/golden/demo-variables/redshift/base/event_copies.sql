-- drop scratch.event_copies_test of an earlier run
-- only if there: scratch.event_copies_test
drop table if exists scratch.event_copies_test;

-- build event_copies
create table scratch.event_copies_test
backup no
diststyle key
distkey (domain_sessionid)
as
with ephemeral__base_limits as (
-- The window of this run: the usual one, or the one beyond a quiet gap.
select
    coalesce(g.newest_read, w.newest_read) as newest_read,
    coalesce(g.lower_limit, w.lower_limit) as lower_limit,
    coalesce(g.upper_limit, w.upper_limit) as upper_limit,
    coalesce(g.scan_limit, w.scan_limit) as scan_limit
from scratch.base_window_limits_test as w
left join scratch.base_gap_limits_test as g on 1 = 1
)
select * from (
-- The events that were read more than once or with several contexts, every copy with its number among those of its session:
-- they are few, so only they are put in order.
select
    r.page_view_id,
    e.event_id,
    e.event_name,
    e.app_id,
    e.user_id,
    e.domain_userid,
    e.network_userid,
    e.domain_sessionid,
    e.domain_sessionidx,
    e.collector_tstamp,
    e.dvce_created_tstamp,
    e.derived_tstamp,
    e.page_url,
    e.page_title,
    e.page_urlscheme,
    e.page_urlhost,
    e.page_urlpath,
    e.page_urlquery,
    e.page_urlfragment,
    e.mkt_medium,
    e.mkt_source,
    e.mkt_term,
    e.mkt_content,
    e.mkt_campaign,
    e.mkt_clickid,
    e.mkt_network,
    e.page_referrer,
    e.refr_urlscheme,
    e.refr_urlhost,
    e.refr_urlpath,
    e.refr_urlquery,
    e.refr_urlfragment,
    e.refr_medium,
    e.refr_source,
    e.refr_term,
    e.geo_country,
    e.geo_region,
    e.geo_region_name,
    e.geo_city,
    e.geo_zipcode,
    e.geo_latitude,
    e.geo_longitude,
    e.geo_timezone,
    e.user_ipaddress,
    e.useragent,
    e.br_lang,
    e.br_viewwidth,
    e.br_viewheight,
    e.br_colordepth,
    e.br_renderengine,
    e.os_timezone,
    e.doc_width,
    e.doc_height,
    e.pp_xoffset_max,
    e.pp_yoffset_max,
    row_number() over (
        partition by e.domain_sessionid, e.event_id
        order by e.collector_tstamp, e.dvce_created_tstamp, e.derived_tstamp, e.etl_tstamp, e.page_url, e.page_title
    ) as copy,
    count(*) over (partition by e.domain_sessionid, e.event_id) as copies
from (
    select
        r.domain_sessionid,
        r.event_id,
        r.collector_tstamp,
        min(r.page_view_id) as page_view_id
    from scratch.base_events_read_test as r
    inner join scratch.base_event_copies_test as c on c.event_id = r.event_id
    group by
        r.domain_sessionid,
        r.event_id,
        r.collector_tstamp
) as r
inner join atomic.events as e
    on e.event_id = r.event_id
    and e.collector_tstamp = r.collector_tstamp and e.domain_sessionid = r.domain_sessionid
where e.domain_sessionid is not null
    and e.collector_tstamp >= cast('2024-01-01' as timestamp)
    and e.collector_tstamp >= (select max(l.scan_limit) from ephemeral__base_limits as l)
    and e.collector_tstamp <= (select max(l.upper_limit) from ephemeral__base_limits as l)
    and coalesce(e.dvce_sent_tstamp <= dateadd('day', 3, e.dvce_created_tstamp), 1 = 1)
) as event_copies;
