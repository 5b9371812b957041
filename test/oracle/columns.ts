// In: nothing. Out: the names, types and order of the columns of every table that the oracle reads or writes,
// so that generators stay within a column's type and comparisons know a timestamp from a text.

export type Kind = 'text' | 'int' | 'double' | 'boolean' | 'timestamp'

/** One column; `length` is the most characters (Postgres) or bytes (Redshift) that a text may have. */
export interface Column {
  readonly name: string
  readonly kind: Kind
  readonly length: number
}

/** A table as the comparison needs it: its columns in order and the columns of its key. */
export interface Table {
  readonly name: string
  readonly key: readonly string[]
  readonly columns: readonly Column[]
}

/** Redshift gives `varchar` without a length this many bytes; texts stay within it everywhere. */
const UNBOUNDED_LENGTH = 256

const KINDS: Readonly<Record<string, Kind>> = {
  varchar: 'text',
  char: 'text',
  int: 'int',
  double: 'double',
  boolean: 'boolean',
  timestamp: 'timestamp',
}

function columnOf(definition: string): Column {
  const match = /^(\w+) (\w+)(?:\((\d+)\))?$/.exec(definition.trim())
  const kind = KINDS[match?.[2] ?? '']
  if (match?.[1] === undefined || kind === undefined) throw new Error(`not a column: ${definition}`)
  return { name: match[1], kind, length: match[3] === undefined ? UNBOUNDED_LENGTH : Number(match[3]) }
}

function table(name: string, key: readonly string[], definitions: string): Table {
  return { name, key, columns: definitions.split(',').map(columnOf) }
}

export const EVENTS = table(
  'events',
  ['event_id', 'collector_tstamp'],
  `
  app_id varchar(255), platform varchar(255), etl_tstamp timestamp, collector_tstamp timestamp,
  dvce_created_tstamp timestamp, event varchar(128), event_id varchar(36), txn_id int,
  name_tracker varchar(128), v_tracker varchar(100), v_collector varchar(100), v_etl varchar(100),
  user_id varchar(255), user_ipaddress varchar(128), user_fingerprint varchar(128),
  domain_userid varchar(128), domain_sessionidx int, network_userid varchar(128), geo_country varchar(2),
  geo_region varchar(3), geo_city varchar(75), geo_zipcode varchar(15), geo_latitude double,
  geo_longitude double, geo_region_name varchar(100), ip_isp varchar(1000), ip_organization varchar(1000),
  ip_domain varchar(1000), ip_netspeed varchar(1000), page_url varchar(4096), page_title varchar(2000),
  page_referrer varchar(4096), page_urlscheme varchar(16), page_urlhost varchar(255), page_urlport int,
  page_urlpath varchar(3000), page_urlquery varchar(6000), page_urlfragment varchar(3000),
  refr_urlscheme varchar(16), refr_urlhost varchar(255), refr_urlport int, refr_urlpath varchar(6000),
  refr_urlquery varchar(6000), refr_urlfragment varchar(3000), refr_medium varchar(25),
  refr_source varchar(50), refr_term varchar(255), mkt_medium varchar(255), mkt_source varchar(255),
  mkt_term varchar(255), mkt_content varchar(500), mkt_campaign varchar(255), se_category varchar(1000),
  se_action varchar(1000), se_label varchar(1000), se_property varchar(1000), se_value double,
  tr_orderid varchar(1000), tr_affiliation varchar(1000), tr_total double, tr_tax double,
  tr_shipping double, tr_city varchar(1000), tr_state varchar(1000), tr_country varchar(1000),
  ti_orderid varchar(1000), ti_sku varchar(1000), ti_name varchar(1000), ti_category varchar(1000),
  ti_price double, ti_quantity int, pp_xoffset_min int, pp_xoffset_max int, pp_yoffset_min int,
  pp_yoffset_max int, useragent varchar(1000), br_name varchar(1000), br_family varchar(1000),
  br_version varchar(1000), br_type varchar(1000), br_renderengine varchar(50), br_lang varchar(255),
  br_features_pdf boolean, br_features_flash boolean, br_features_java boolean,
  br_features_director boolean, br_features_quicktime boolean, br_features_realplayer boolean,
  br_features_windowsmedia boolean, br_features_gears boolean, br_features_silverlight boolean,
  br_cookies boolean, br_colordepth varchar(12), br_viewwidth int, br_viewheight int,
  os_name varchar(1000), os_family varchar(1000), os_manufacturer varchar(1000), os_timezone varchar(255),
  dvce_type varchar(1000), dvce_ismobile boolean, dvce_screenwidth int, dvce_screenheight int,
  doc_charset varchar(1000), doc_width int, doc_height int, tr_currency varchar(1000),
  tr_total_base double, tr_tax_base double, tr_shipping_base double, ti_currency varchar(1000),
  ti_price_base double, base_currency varchar(1000), geo_timezone varchar(64), mkt_clickid varchar(128),
  mkt_network varchar(64), etl_tags varchar(1000), dvce_sent_tstamp timestamp,
  refr_domain_userid varchar(1000), refr_dvce_tstamp timestamp, domain_sessionid varchar(128),
  derived_tstamp timestamp, event_vendor varchar(1000), event_name varchar(1000),
  event_format varchar(1000), event_version varchar(1000), event_fingerprint varchar(1000),
  true_tstamp timestamp, load_tstamp timestamp
  `,
)

export const PAGE_VIEWS = table(
  'page_views',
  ['page_view_id'],
  `
  page_view_id char(36), event_id char(36), app_id varchar(255), user_id varchar(255),
  domain_userid varchar(128), network_userid varchar(128), domain_sessionid varchar(128),
  domain_sessionidx int, page_view_in_session_index int, page_views_in_session int,
  dvce_created_tstamp timestamp, collector_tstamp timestamp, derived_tstamp timestamp,
  start_tstamp timestamp, end_tstamp timestamp, engaged_time_in_s int, absolute_time_in_s int,
  horizontal_pixels_scrolled int, vertical_pixels_scrolled int, horizontal_percentage_scrolled double,
  vertical_percentage_scrolled double, doc_width int, doc_height int, page_title varchar(2000),
  page_url varchar(4096), page_urlscheme varchar(16), page_urlhost varchar(255),
  page_urlpath varchar(3000), page_urlquery varchar(6000), page_urlfragment varchar(3000),
  mkt_medium varchar(255), mkt_source varchar(255), mkt_term varchar(255), mkt_content varchar(500),
  mkt_campaign varchar(255), mkt_clickid varchar(128), mkt_network varchar(64),
  page_referrer varchar(4096), refr_urlscheme varchar(16), refr_urlhost varchar(255),
  refr_urlpath varchar(6000), refr_urlquery varchar(6000), refr_urlfragment varchar(3000),
  refr_medium varchar(25), refr_source varchar(50), refr_term varchar(255), geo_country char(2),
  geo_region char(3), geo_region_name varchar(100), geo_city varchar(75), geo_zipcode varchar(15),
  geo_latitude double, geo_longitude double, geo_timezone varchar(64), user_ipaddress varchar(128),
  useragent varchar(1000), br_lang varchar(255), br_viewwidth int, br_viewheight int,
  br_colordepth varchar(12), br_renderengine varchar(50), os_timezone varchar(255), category varchar,
  primary_impact varchar, reason varchar, spider_or_robot boolean, useragent_family varchar,
  useragent_major varchar, useragent_minor varchar, useragent_patch varchar, useragent_version varchar,
  os_family varchar, os_major varchar, os_minor varchar, os_patch varchar, os_patch_minor varchar,
  os_version varchar, device_family varchar, device_class varchar, agent_class varchar,
  agent_name varchar, agent_name_version varchar, agent_name_version_major varchar, agent_version varchar,
  agent_version_major varchar, device_brand varchar, device_name varchar, device_version varchar,
  layout_engine_class varchar, layout_engine_name varchar, layout_engine_name_version varchar,
  layout_engine_name_version_major varchar, layout_engine_version varchar,
  layout_engine_version_major varchar, operating_system_class varchar, operating_system_name varchar,
  operating_system_name_version varchar, operating_system_version varchar
  `,
)

export const SESSIONS = table(
  'sessions',
  ['domain_sessionid'],
  `
  app_id varchar(255), domain_sessionid varchar(128), domain_sessionidx int, start_tstamp timestamp,
  end_tstamp timestamp, user_id varchar(255), domain_userid varchar(128), network_userid varchar(128),
  page_views int, engaged_time_in_s int, absolute_time_in_s int, first_page_title varchar(2000),
  first_page_url varchar(4096), first_page_urlscheme varchar(16), first_page_urlhost varchar(255),
  first_page_urlpath varchar(3000), first_page_urlquery varchar(6000),
  first_page_urlfragment varchar(3000), last_page_title varchar(2000), last_page_url varchar(4096),
  last_page_urlscheme varchar(16), last_page_urlhost varchar(255), last_page_urlpath varchar(3000),
  last_page_urlquery varchar(6000), last_page_urlfragment varchar(3000), referrer varchar(4096),
  refr_urlscheme varchar(16), refr_urlhost varchar(255), refr_urlpath varchar(6000),
  refr_urlquery varchar(6000), refr_urlfragment varchar(3000), refr_medium varchar(25),
  refr_source varchar(50), refr_term varchar(255), mkt_medium varchar(255), mkt_source varchar(255),
  mkt_term varchar(255), mkt_content varchar(500), mkt_campaign varchar(255), mkt_clickid varchar(128),
  mkt_network varchar(64), geo_country char(2), geo_region char(3), geo_region_name varchar(100),
  geo_city varchar(75), geo_zipcode varchar(15), geo_latitude double, geo_longitude double,
  geo_timezone varchar(64), user_ipaddress varchar(128), useragent varchar(1000),
  br_renderengine varchar(50), br_lang varchar(255), os_timezone varchar(255), category varchar,
  primary_impact varchar, reason varchar, spider_or_robot boolean, useragent_family varchar,
  useragent_major varchar, useragent_minor varchar, useragent_patch varchar, useragent_version varchar,
  os_family varchar, os_major varchar, os_minor varchar, os_patch varchar, os_patch_minor varchar,
  os_version varchar, device_family varchar, device_class varchar, agent_class varchar,
  agent_name varchar, agent_name_version varchar, agent_name_version_major varchar, agent_version varchar,
  agent_version_major varchar, device_brand varchar, device_name varchar, device_version varchar,
  layout_engine_class varchar, layout_engine_name varchar, layout_engine_name_version varchar,
  layout_engine_name_version_major varchar, layout_engine_version varchar,
  layout_engine_version_major varchar, operating_system_class varchar, operating_system_name varchar,
  operating_system_name_version varchar, operating_system_version varchar
  `,
)

export const USERS = table(
  'users',
  ['domain_userid'],
  `
  user_id varchar(255), domain_userid varchar(128), network_userid varchar(128), start_tstamp timestamp,
  end_tstamp timestamp, page_views int, sessions int, engaged_time_in_s int,
  first_page_title varchar(2000), first_page_url varchar(4096), first_page_urlscheme varchar(16),
  first_page_urlhost varchar(255), first_page_urlpath varchar(3000), first_page_urlquery varchar(6000),
  first_page_urlfragment varchar(3000), last_page_title varchar(2000), last_page_url varchar(4096),
  last_page_urlscheme varchar(16), last_page_urlhost varchar(255), last_page_urlpath varchar(3000),
  last_page_urlquery varchar(6000), last_page_urlfragment varchar(3000), referrer varchar(4096),
  refr_urlscheme varchar(16), refr_urlhost varchar(255), refr_urlpath varchar(6000),
  refr_urlquery varchar(6000), refr_urlfragment varchar(3000), refr_medium varchar(25),
  refr_source varchar(50), refr_term varchar(255), mkt_medium varchar(255), mkt_source varchar(255),
  mkt_term varchar(255), mkt_content varchar(500), mkt_campaign varchar(255), mkt_clickid varchar(128),
  mkt_network varchar(64)
  `,
)

export const STAGED_USER_IDS = table(
  'sessions_userid_manifest_staged',
  ['domain_userid'],
  `
  domain_userid varchar(128), start_tstamp timestamp
  `,
)

export const WEB_PAGE = table(
  'com_snowplowanalytics_snowplow_web_page_1',
  ['root_id', 'root_tstamp'],
  `
  root_id varchar, root_tstamp timestamp, id varchar
  `,
)

export const IAB = table(
  'com_iab_snowplow_spiders_and_robots_1',
  ['root_id', 'root_tstamp'],
  `
  root_id varchar, root_tstamp timestamp, category varchar, primary_impact varchar, reason varchar,
  spider_or_robot boolean
  `,
)

export const UA_PARSER = table(
  'com_snowplowanalytics_snowplow_ua_parser_context_1',
  ['root_id', 'root_tstamp'],
  `
  root_id varchar, root_tstamp timestamp, useragent_family varchar, useragent_major varchar,
  useragent_minor varchar, useragent_patch varchar, useragent_version varchar, os_family varchar,
  os_major varchar, os_minor varchar, os_patch varchar, os_patch_minor varchar, os_version varchar,
  device_family varchar
  `,
)

export const YAUAA = table(
  'nl_basjes_yauaa_context_1',
  ['root_id', 'root_tstamp'],
  `
  root_id varchar, root_tstamp timestamp, device_class varchar, agent_class varchar, agent_name varchar,
  agent_name_version varchar, agent_name_version_major varchar, agent_version varchar,
  agent_version_major varchar, device_brand varchar, device_name varchar, device_version varchar,
  layout_engine_class varchar, layout_engine_name varchar, layout_engine_name_version varchar,
  layout_engine_name_version_major varchar, layout_engine_version varchar,
  layout_engine_version_major varchar, operating_system_class varchar, operating_system_name varchar,
  operating_system_name_version varchar, operating_system_version varchar
  `,
)
