// A span of days -> the SQL that fills the events and their web page contexts for it: sessions of 1 to 7 page views with 0 to 7
// pings each, the same rows on every machine, since each value is a hash of its session, its view and a fixed seed.

/** 1,000,000 events in 30 days. */
const sessionsPerDay = 1834

const seed = 20240131

/** A whole number below `most`, by an expression of bigint and a salt that is another for each use. */
const pick = (of: string, salt: number, most: number | string): string =>
  `(abs(hashint8extended(${of}, ${seed + salt}) % ${most}))`

const choose = (of: string, salt: number, texts: readonly string[]): string =>
  `(array[${texts.map(text => (text === '' ? 'null' : `'${text}'`)).join(', ')}])[1 + ${pick(of, salt, texts.length)}]`

const agents = [11, 12, 13, 14].flatMap(version => [
  `Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/1${version}.0.0.0 Safari/537.36`,
  `Mozilla/5.0 (iPhone; CPU iPhone OS ${version}_2 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/${version}.1 Mobile/15E148 Safari/604.1`,
  `Mozilla/5.0 (X11; Linux x86_64; rv:1${version}.0) Gecko/20100101 Firefox/1${version}.0`,
])

const uuid = (text: string): string => `md5(${text})::uuid::varchar`

/** Adds the events of some days, the first of them day 0; in the order of their arrival. */
export const fillDays = (first: number, last: number): readonly string[] => [
  `create temporary table bench_views as
select s.id * 8 + v.view as id, s.id as session, s.user_number, s.visit, v.view, s.started + v.view * interval '95 seconds' as viewed,
    ${pick('s.id * 8 + v.view', 3, 8)} as pings, ${pick('s.id * 8 + v.view', 4, 900)} as page
from (
    select n as id, ${pick('n', 1, `(1 + n * 6 / 10)`)} as user_number, ${pick('n', 5, 9)} + 1 as visit,
        timestamp '2024-01-01' + n / ${sessionsPerDay} * interval '1 day' + ${pick('n', 2, 84000)} * interval '1 second' as started
    from generate_series(${first * sessionsPerDay}::bigint, ${(last + 1) * sessionsPerDay - 1}) as n
) as s
cross join lateral generate_series(0, ${pick('s.id', 6, 7)}) as v (view)`,
  `insert into atomic.events (
    app_id, platform, etl_tstamp, collector_tstamp, dvce_created_tstamp, event, event_id, name_tracker, v_tracker, v_collector,
    v_etl, user_id, user_ipaddress, domain_userid, domain_sessionidx, network_userid, geo_country, geo_region, geo_city,
    geo_zipcode, geo_latitude, geo_longitude, geo_region_name, page_url, page_title, page_referrer, page_urlscheme,
    page_urlhost, page_urlport, page_urlpath, page_urlquery, refr_urlscheme, refr_urlhost, refr_urlpath, refr_medium,
    refr_source, mkt_medium, mkt_source, mkt_campaign, pp_xoffset_min, pp_xoffset_max, pp_yoffset_min, pp_yoffset_max,
    useragent, br_lang, br_cookies, br_colordepth, br_viewwidth, br_viewheight, os_timezone, dvce_screenwidth,
    dvce_screenheight, doc_charset, doc_width, doc_height, geo_timezone, dvce_sent_tstamp, domain_sessionid, derived_tstamp,
    event_vendor, event_name, event_format, event_version, load_tstamp
)
select
    'shop', 'web', e.tstamp + interval '4 seconds', e.tstamp, e.tstamp - interval '1 second',
    case when e.ping = 0 then 'page_view' else 'page_ping' end, ${uuid("'event' || e.id || '-' || e.ping")}, 'sp', 'js-3.5.0',
    'ssc-2.3.0', 'enrich-3.0.0', ${choose('e.session', 20, ['', '', 'member'])} || e.user_number,
    '203.0.' || e.user_number % 250 || '.0', ${uuid("'user' || e.user_number")}, e.visit, ${uuid("'network' || e.user_number")},
    ${choose('e.user_number', 21, ['DE', 'FR', 'GB', 'US'])}, ${choose('e.user_number', 22, ['BE', 'NY', 'LND'])},
    ${choose('e.user_number', 23, ['Berlin', 'Paris', 'London', 'New York'])}, '1' || e.user_number % 9000,
    52.5 + e.user_number % 100 / 100.0, 13.4, ${choose('e.user_number', 24, ['Land Berlin', 'Ile-de-France', 'England'])},
    'https://shop.example.com/shelf-' || e.page % 30 || '/article-' || e.page || '?size=' || e.page % 7,
    'Article ' || e.page || ', an ordinary thing with a title of ordinary length',
    case when e.view = 0 then ${choose('e.session', 25, ['https://search.example.org/find', 'https://news.example.net/', ''])} else 'https://shop.example.com/' end,
    'https', 'shop.example.com', 443, '/shelf-' || e.page % 30 || '/article-' || e.page, 'size=' || e.page % 7,
    case when e.view > 0 then 'https' end, case when e.view > 0 then 'shop.example.com' end, case when e.view > 0 then '/' end,
    case when e.view > 0 then 'internal' end, null, ${choose('e.session', 26, ['cpc', '', '', ''])},
    ${choose('e.session', 26, ['search', '', '', ''])}, ${choose('e.session', 27, ['spring-sale', '', '', ''])},
    case when e.ping > 0 then 0 end, case when e.ping > 0 then 0 end, case when e.ping > 0 then e.ping * 180 end,
    case when e.ping > 0 then e.ping * 210 end, ${choose('e.user_number', 28, agents)}, 'en-GB', true, '24', 1440, 860,
    'Europe/Berlin', 1440, 900, 'UTF-8', 1425, 3200 + e.page % 40 * 50, 'Europe/Berlin', e.tstamp, ${uuid("'session' || e.session")},
    e.tstamp - interval '1 second', 'com.example', case when e.ping = 0 then 'page_view' else 'page_ping' end, 'jsonschema', '1-0-0',
    e.tstamp + interval '60 seconds'
from (
    select v.id, v.session, v.user_number, v.visit, v.view, v.page, p.ping, v.viewed + p.ping * interval '10 seconds' as tstamp
    from bench_views as v
    cross join lateral generate_series(0, v.pings) as p (ping)
) as e
order by e.tstamp, e.id, e.ping`,
  `insert into atomic.com_snowplowanalytics_snowplow_web_page_1 (root_id, root_tstamp, id)
select ${uuid("'event' || v.id || '-' || p.ping")}, v.viewed + p.ping * interval '10 seconds', ${uuid("'view' || v.id")}
from bench_views as v
cross join lateral generate_series(0, v.pings) as p (ping)
order by 2, 1`,
  'drop table bench_views',
  'analyze atomic.events',
  'analyze atomic.com_snowplowanalytics_snowplow_web_page_1',
]
