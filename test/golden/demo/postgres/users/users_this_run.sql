-- drop scratch.users_this_run of an earlier run
-- only if users finds something new
-- only if there: scratch.users_this_run
drop table if exists scratch.users_this_run;

-- build users_this_run
-- only if users finds something new
create unlogged table scratch.users_this_run as
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
    from derived.sessions as s
    inner join scratch.users_batch as b on b.domain_userid = s.domain_userid
),

sessions_of_user as (
    select
        s.user_id,
        s.domain_userid,
        s.network_userid,
        s.first_page_title,
        s.first_page_url,
        s.first_page_urlscheme,
        s.first_page_urlhost,
        s.first_page_urlpath,
        s.first_page_urlquery,
        s.first_page_urlfragment,
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
        s.mkt_network,
        row_number() over (
partition by s.domain_userid collate "C" order by s.start_tstamp, s.domain_sessionidx, s.domain_sessionid collate "C") as position,
        min(s.start_tstamp) over (partition by s.domain_userid collate "C") as start_tstamp,
        max(s.end_tstamp) over (partition by s.domain_userid collate "C") as end_tstamp,
        coalesce(sum(s.page_views) over (partition by s.domain_userid collate "C"), 0) as page_views,
        count(*) over (partition by s.domain_userid collate "C") as sessions,
        coalesce(sum(s.engaged_time_in_s) over (partition by s.domain_userid collate "C"), 0) as engaged_time_in_s,
        first_value(s.last_page_title) over (
partition by s.domain_userid collate "C" order by s.end_tstamp desc nulls last, s.start_tstamp desc nulls last, s.domain_sessionidx desc nulls last, s.domain_sessionid collate "C" desc nulls last rows between unbounded preceding and unbounded following) as last_page_title,
        first_value(s.last_page_url) over (
partition by s.domain_userid collate "C" order by s.end_tstamp desc nulls last, s.start_tstamp desc nulls last, s.domain_sessionidx desc nulls last, s.domain_sessionid collate "C" desc nulls last rows between unbounded preceding and unbounded following) as last_page_url,
        first_value(s.last_page_urlscheme) over (
partition by s.domain_userid collate "C" order by s.end_tstamp desc nulls last, s.start_tstamp desc nulls last, s.domain_sessionidx desc nulls last, s.domain_sessionid collate "C" desc nulls last rows between unbounded preceding and unbounded following) as last_page_urlscheme,
        first_value(s.last_page_urlhost) over (
partition by s.domain_userid collate "C" order by s.end_tstamp desc nulls last, s.start_tstamp desc nulls last, s.domain_sessionidx desc nulls last, s.domain_sessionid collate "C" desc nulls last rows between unbounded preceding and unbounded following) as last_page_urlhost,
        first_value(s.last_page_urlpath) over (
partition by s.domain_userid collate "C" order by s.end_tstamp desc nulls last, s.start_tstamp desc nulls last, s.domain_sessionidx desc nulls last, s.domain_sessionid collate "C" desc nulls last rows between unbounded preceding and unbounded following) as last_page_urlpath,
        first_value(s.last_page_urlquery) over (
partition by s.domain_userid collate "C" order by s.end_tstamp desc nulls last, s.start_tstamp desc nulls last, s.domain_sessionidx desc nulls last, s.domain_sessionid collate "C" desc nulls last rows between unbounded preceding and unbounded following) as last_page_urlquery,
        first_value(s.last_page_urlfragment) over (
partition by s.domain_userid collate "C" order by s.end_tstamp desc nulls last, s.start_tstamp desc nulls last, s.domain_sessionidx desc nulls last, s.domain_sessionid collate "C" desc nulls last rows between unbounded preceding and unbounded following) as last_page_urlfragment
    from user_sessions as s
)

select
    f.user_id,
    f.domain_userid,
    f.network_userid,
    f.start_tstamp,
    f.end_tstamp,
    cast(f.page_views as integer) as page_views,
    cast(f.sessions as integer) as sessions,
    cast(f.engaged_time_in_s as integer) as engaged_time_in_s,
    f.first_page_title,
    f.first_page_url,
    f.first_page_urlscheme,
    f.first_page_urlhost,
    f.first_page_urlpath,
    f.first_page_urlquery,
    f.first_page_urlfragment,
    f.last_page_title,
    f.last_page_url,
    f.last_page_urlscheme,
    f.last_page_urlhost,
    f.last_page_urlpath,
    f.last_page_urlquery,
    f.last_page_urlfragment,
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
from sessions_of_user as f
where f.position = 1;

-- statistics of scratch.users_this_run
-- only if users finds something new
-- only if there are rows
analyze scratch.users_this_run (domain_userid);
