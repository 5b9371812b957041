-- one transaction, only if users finds something new
begin;

-- remove the rows of users that are written again
delete from derived.users as t
using scratch.users_replaced as u
where t.domain_userid = u.domain_userid and (t.start_tstamp = u.start_tstamp or (t.start_tstamp is null and u.start_tstamp is null))
    and (t.start_tstamp >= (select min(r.start_tstamp) from scratch.users_replaced as r) or t.start_tstamp is null);

-- write the rows of users
insert into derived.users (user_id, domain_userid, network_userid, start_tstamp, end_tstamp, page_views, sessions, engaged_time_in_s, first_page_title, first_page_url, first_page_urlscheme, first_page_urlhost, first_page_urlpath, first_page_urlquery, first_page_urlfragment, last_page_title, last_page_url, last_page_urlscheme, last_page_urlhost, last_page_urlpath, last_page_urlquery, last_page_urlfragment, referrer, refr_urlscheme, refr_urlhost, refr_urlpath, refr_urlquery, refr_urlfragment, refr_medium, refr_source, refr_term, mkt_medium, mkt_source, mkt_term, mkt_content, mkt_campaign, mkt_clickid, mkt_network)
select user_id, domain_userid, network_userid, start_tstamp, end_tstamp, page_views, sessions, engaged_time_in_s, first_page_title, first_page_url, first_page_urlscheme, first_page_urlhost, first_page_urlpath, first_page_urlquery, first_page_urlfragment, last_page_title, last_page_url, last_page_urlscheme, last_page_urlhost, last_page_urlpath, last_page_urlquery, last_page_urlfragment, referrer, refr_urlscheme, refr_urlhost, refr_urlpath, refr_urlquery, refr_urlfragment, refr_medium, refr_source, refr_term, mkt_medium, mkt_source, mkt_term, mkt_content, mkt_campaign, mkt_clickid, mkt_network
from (
-- The batch's users take the place of the production table's; one without sessions has no row any more.
select
    r.user_id,
    r.domain_userid,
    r.network_userid,
    r.start_tstamp,
    r.end_tstamp,
    r.page_views,
    r.sessions,
    r.engaged_time_in_s,
    r.first_page_title,
    r.first_page_url,
    r.first_page_urlscheme,
    r.first_page_urlhost,
    r.first_page_urlpath,
    r.first_page_urlquery,
    r.first_page_urlfragment,
    r.last_page_title,
    r.last_page_url,
    r.last_page_urlscheme,
    r.last_page_urlhost,
    r.last_page_urlpath,
    r.last_page_urlquery,
    r.last_page_urlfragment,
    r.referrer,
    r.refr_urlscheme,
    r.refr_urlhost,
    r.refr_urlpath,
    r.refr_urlquery,
    r.refr_urlfragment,
    r.refr_medium,
    r.refr_source,
    r.refr_term,
    r.mkt_medium,
    r.mkt_source,
    r.mkt_term,
    r.mkt_content,
    r.mkt_campaign,
    r.mkt_clickid,
    r.mkt_network
from scratch.users_this_run as r
) as rows_this_run;

-- remove the metadata of users for this run
delete from derived.datamodel_metadata
where run_id in (select run_id from scratch.users_metadata_this_run) and module = 'users';

-- write the metadata of users
insert into derived.datamodel_metadata (run_id, model_version, model, module, run_start_tstamp, run_end_tstamp, rows_this_run, distinct_key, distinct_key_count, time_key, min_time_key, max_time_key, duplicate_rows_removed, distinct_keys_removed)
select m.run_id, '1.0.0', 'web', 'users', m.run_start_tstamp, (clock_timestamp() at time zone 'utc'),
    r.rows_this_run, 'domain_userid', r.distinct_key_count, 'start_tstamp', r.min_time_key, r.max_time_key,
    0, 0
from scratch.users_metadata_this_run as m
cross join (
    select cast(coalesce(sum(k.key_rows), 0) as integer) as rows_this_run, count(k.domain_userid) as distinct_key_count,
        min(k.min_time) as min_time_key, max(k.max_time) as max_time_key
    from (
        select domain_userid, count(*) as key_rows, min(start_tstamp) as min_time, max(start_tstamp) as max_time
        from scratch.users_this_run
        group by domain_userid
    ) as k
) as r;

-- note that users has committed
update scratch.users_metadata_this_run
set committed = true;

commit;

-- write the metadata of users: nothing new
-- only if users finds nothing new
insert into derived.datamodel_metadata (run_id, model_version, model, module, run_start_tstamp, run_end_tstamp, rows_this_run, distinct_key, distinct_key_count, time_key, duplicate_rows_removed, distinct_keys_removed)
select m.run_id, '1.0.0', 'web', 'users', (clock_timestamp() at time zone 'utc'), (clock_timestamp() at time zone 'utc'),
    0, 'domain_userid', 0, 'start_tstamp', 0, 0
from scratch.metadata_run_id as m;

-- index users
-- only if missing: derived.users_domain_userid_idx
create index if not exists users_domain_userid_idx on derived.users (domain_userid);

-- index users
-- only if missing: derived.users_start_tstamp_idx
create index if not exists users_start_tstamp_idx on derived.users (start_tstamp);

-- statistics of derived.users
-- only if users finds something new
-- only if: select pg_relation_size(c.oid) > 1.1 * c.relpages * current_setting('block_size')::int from pg_class as c where c.oid = to_regclass('derived.users')
analyze derived.users (domain_userid, start_tstamp);
