// Visits to raw events and their web page contexts, as a pipeline loads them: events that were sent twice, contexts that
// came twice, pings under the next session's id, loads that came hours late. None of this changes a page view.

import { atomicColumns, timestamp } from './atomic.js'
import { type Row, toCsv } from './csv.js'
import { Random } from './random.js'
import type { Hit } from './tracker.js'
import { type View, type Visit, visits } from './visits.js'

interface EventFiles {
  readonly events: string
  readonly webPages: string
}

/** Of the table's columns those that the web model reads, and when an event was loaded; in the table's order. */
const eventColumns = [
  ...['app_id', 'platform', 'collector_tstamp', 'dvce_created_tstamp', 'event', 'event_id', 'user_id'],
  ...['user_ipaddress', 'domain_userid', 'domain_sessionidx', 'network_userid', 'geo_country', 'geo_region'],
  ...['geo_city', 'geo_zipcode', 'geo_latitude', 'geo_longitude', 'page_url', 'page_title', 'page_referrer'],
  ...['page_urlscheme', 'page_urlhost', 'page_urlpath', 'page_urlquery', 'page_urlfragment'],
  ...['refr_urlscheme', 'refr_urlhost', 'refr_urlpath', 'refr_urlquery', 'refr_urlfragment', 'refr_medium'],
  ...['refr_source', 'refr_term', 'mkt_medium', 'mkt_source', 'mkt_term', 'mkt_content', 'mkt_campaign'],
  ...['pp_xoffset_min', 'pp_xoffset_max', 'pp_yoffset_min', 'pp_yoffset_max', 'useragent', 'br_lang'],
  ...['br_viewwidth', 'br_viewheight', 'doc_width', 'doc_height', 'geo_timezone', 'mkt_clickid'],
  ...['mkt_network', 'dvce_sent_tstamp', 'domain_sessionid', 'derived_tstamp', 'event_name'],
  'load_tstamp',
]

const webPageColumns = ['root_id', 'root_tstamp', 'id']

/** A hit on its way to the warehouse. `contexts`: how often its web page context arrives. */
interface Delivery {
  readonly visit: Visit
  readonly view: View
  readonly hit: Hit
  readonly contexts: number
}

/** The texts of events.csv and of com_snowplowanalytics_snowplow_web_page_1.csv. */
export function eventFiles(seed: number): EventFiles {
  const random = new Random(seed, 'delivery')
  const all = visits(seed)
  const deliveries = all
    .flatMap((visit, i) => [...straysIn(random, visit, all[i - 1]), ...sentIn(visit)])
    .flatMap(sent => [sent, ...doubleFire(random, sent)])
    .flatMap(sent => arrivals(random, sent))
    .toSorted((a, b) => a.hit.collector - b.hit.collector || (a.hit.eventId < b.hit.eventId ? -1 : 1))
  return {
    events: toCsv(
      eventColumns,
      deliveries.map(delivery => eventRow(delivery, seed)),
    ),
    webPages: toCsv(webPageColumns, deliveries.flatMap(webPageRows)),
  }
}

const sentIn = (visit: Visit): Delivery[] =>
  visit.views.flatMap(view => view.hits.map(hit => ({ visit, view, hit, contexts: 1 })))

/** A tab left open pings again when its reader is back, already under the id of the new session. */
function straysIn(random: Random, visit: Visit, before: Visit | undefined): Delivery[] {
  const view = before?.views.at(-1)
  const ping = view?.hits.findLast(hit => hit.name === 'page_ping')
  const first = visit.views[0]?.hits[0]
  if (before?.userid !== visit.userid || !view || !ping || !first || !random.chance(3)) return []
  const ago = first.time - random.int(3, 9) - ping.time
  return [{ visit, view, hit: moved(ping, random.uuid(), ago, ago), contexts: 1 }]
}

/** A tag that stands on the page twice: a second event for the same page view, a moment later. */
function doubleFire(random: Random, sent: Delivery): Delivery[] {
  if (sent.hit.name !== 'page_view' || !random.chance(0.4)) return []
  const later = random.int(2, 3)
  return [{ ...sent, hit: moved(sent.hit, random.uuid(), later, later) }]
}

/** An event as often as it arrives: most once, some again with the same times, some again after a retry. */
function arrivals(random: Random, sent: Delivery): Delivery[] {
  if (random.chance(1)) return [sent, sent]
  if (!random.chance(1)) return [{ ...sent, contexts: random.chance(0.5) ? 2 : 1 }]
  return [sent, { ...sent, hit: moved(sent.hit, sent.hit.eventId, 0, random.int(1, 300)) }]
}

/** The same hit that happened `by` seconds later and reached the collector `arrived` seconds later. */
const moved = (hit: Hit, eventId: string, by: number, arrived: number): Hit => ({
  ...hit,
  eventId,
  time: hit.time + by,
  created: hit.created + by,
  sent: hit.sent + arrived,
  collector: hit.collector + arrived,
  derived: hit.derived + by,
})

/** Events are loaded in lots of five minutes; some miss theirs and come hours later. Copies of an event miss it together. */
function loadedAt(seed: number, { eventId, collector }: Hit): number {
  const random = new Random(seed, `load ${eventId}`)
  const missed = random.chance(1.5) ? random.int(1, 5) : 0
  return Math.floor(collector / 300) * 300 + 450 + missed * 3600
}

function eventRow({ visit, view, hit }: Delivery, seed: number): Row {
  return {
    ...atomicColumns(visit, view),
    platform: 'web',
    collector_tstamp: timestamp(hit.collector),
    dvce_created_tstamp: timestamp(hit.created),
    dvce_sent_tstamp: timestamp(hit.sent),
    derived_tstamp: timestamp(hit.derived),
    event: hit.name.startsWith('page_') ? hit.name : 'unstruct',
    event_name: hit.name,
    load_tstamp: timestamp(loadedAt(seed, hit)),
    event_id: hit.eventId,
    pp_xoffset_min: hit.scroll?.xMin ?? null,
    pp_xoffset_max: hit.scroll?.xMax ?? null,
    pp_yoffset_min: hit.scroll?.yMin ?? null,
    pp_yoffset_max: hit.scroll?.yMax ?? null,
    doc_width: hit.docWidth,
    doc_height: hit.docHeight,
  }
}

const webPageRows = ({ view, hit, contexts }: Delivery): Row[] =>
  Array.from({ length: contexts }, () => ({
    root_id: hit.eventId,
    root_tstamp: timestamp(hit.collector),
    id: view.id,
  }))
