{{ config(materialized='scratch', unique_key='domain_userid', history='users') }}

-- All sessions of each user, with no upper limit: a user who comes back brings the earlier ones along.
with user_sessions as (
    select
        s.domain_sessionid,
        s.domain_sessionidx,
        s.start_tstamp,
        s.end_tstamp,
        s.user_id,
        s.domain_userid,
        s.network_userid,
        s.page_views,
        s.engaged_time_in_s,
        s.first_page_title,
        s.first_page_url,
        s.first_page_urlscheme,
        s.first_page_urlhost,
        s.first_page_urlpath,
        s.first_page_urlquery,
        s.first_page_urlfragment,
        s.last_page_title,
        s.last_page_url,
        s.last_page_urlscheme,
        s.last_page_urlhost,
        s.last_page_urlpath,
        s.last_page_urlquery,
        s.last_page_urlfragment,
        s.referrer,
        s.refr_urlscheme,
        s.refr_urlhost,
        s.refr_urlpath,
        s.refr_urlquery,
        s.refr_urlfragment,
        s.refr_medium,
        s.refr_source,
        s.refr_term,
        s.mkt_medium,
        s.mkt_source,
        s.mkt_term,
        s.mkt_content,
        s.mkt_campaign,
        s.mkt_clickid,
        s.mkt_network
    from {{ ref('sessions') }} as s
    inner join {{ ref('users_batch') }} as b on b.domain_userid = s.domain_userid
),

numbered as (
    select
        u.*,
        row_number() over (
            partition by u.domain_userid
            order by u.start_tstamp, u.domain_sessionidx, {{ binary_order('u.domain_sessionid') }}
        ) as position_from_first,
        row_number() over (
            partition by u.domain_userid
            order by
                {{ last_first('u.end_tstamp') }},
                {{ last_first('u.start_tstamp') }},
                {{ last_first('u.domain_sessionidx') }},
                {{ last_first(binary_order('u.domain_sessionid')) }}
        ) as position_from_last
    from user_sessions as u
),

totals as (
    select
        n.domain_userid,
        min(n.start_tstamp) as start_tstamp,
        max(n.end_tstamp) as end_tstamp,
        cast(coalesce(sum(n.page_views), 0) as integer) as page_views,
        cast(count(*) as integer) as sessions,
        cast(coalesce(sum(n.engaged_time_in_s), 0) as integer) as engaged_time_in_s
    from numbered as n
    group by n.domain_userid
)

select
    f.user_id,
    t.domain_userid,
    f.network_userid,
    t.start_tstamp,
    t.end_tstamp,
    t.page_views,
    t.sessions,
    t.engaged_time_in_s,
    f.first_page_title,
    f.first_page_url,
    f.first_page_urlscheme,
    f.first_page_urlhost,
    f.first_page_urlpath,
    f.first_page_urlquery,
    f.first_page_urlfragment,
    l.last_page_title,
    l.last_page_url,
    l.last_page_urlscheme,
    l.last_page_urlhost,
    l.last_page_urlpath,
    l.last_page_urlquery,
    l.last_page_urlfragment,
    f.referrer,
    f.refr_urlscheme,
    f.refr_urlhost,
    f.refr_urlpath,
    f.refr_urlquery,
    f.refr_urlfragment,
    f.refr_medium,
    f.refr_source,
    f.refr_term,
    f.mkt_medium,
    f.mkt_source,
    f.mkt_term,
    f.mkt_content,
    f.mkt_campaign,
    f.mkt_clickid,
    f.mkt_network
from totals as t
inner join numbered as f
    on f.domain_userid = t.domain_userid
    and f.position_from_first = 1
inner join numbered as l
    on l.domain_userid = t.domain_userid
    and l.position_from_last = 1
