// Visits to the rows of page_views_staged, by the definitions of the page views module. The table stands in
// for that module where sessions and users are to be tried without events.

import { atomicColumns, timestamp } from './atomic.js'
import { type Row, toCsv } from './csv.js'
import { dayLength } from './people.js'
import { type Hit, heartbeat, minimumVisitLength } from './tracker.js'
import { type View, type Visit, visits } from './visits.js'

const daysLateAllowed = 3
const maxSessionDays = 3

/** Of the table's 98 columns those that the demo has values for, in the table's order. */
const columns = [
  ...['page_view_id', 'event_id', 'app_id', 'user_id', 'domain_userid', 'network_userid', 'domain_sessionid'],
  ...['domain_sessionidx', 'page_view_in_session_index', 'page_views_in_session', 'dvce_created_tstamp'],
  ...['collector_tstamp', 'derived_tstamp', 'start_tstamp', 'end_tstamp', 'engaged_time_in_s'],
  ...['absolute_time_in_s', 'horizontal_pixels_scrolled', 'vertical_pixels_scrolled'],
  ...['horizontal_percentage_scrolled', 'vertical_percentage_scrolled', 'doc_width', 'doc_height'],
  ...['page_title', 'page_url', 'page_urlscheme', 'page_urlhost', 'page_urlpath', 'page_urlquery'],
  ...['page_urlfragment', 'mkt_medium', 'mkt_source', 'mkt_term', 'mkt_content', 'mkt_campaign'],
  ...['mkt_clickid', 'mkt_network', 'page_referrer', 'refr_urlscheme', 'refr_urlhost', 'refr_urlpath'],
  ...['refr_urlquery', 'refr_urlfragment', 'refr_medium', 'refr_source', 'refr_term', 'geo_country'],
  ...['geo_region', 'geo_city', 'geo_zipcode', 'geo_latitude', 'geo_longitude', 'geo_timezone'],
  ...['user_ipaddress', 'useragent', 'br_lang', 'br_viewwidth', 'br_viewheight'],
]

/** A page view that counts: its own event, and those of its page pings that count. */
interface Seen {
  readonly view: View
  readonly event: Hit
  readonly pings: readonly Hit[]
}

/** The text of page_views_staged.csv. */
export function pageViewsCsv(seed: number): string {
  const people = visits(seed).filter(visit => !visit.bot)
  const seen = people.flatMap(visit => seenIn(visit).map((s, i, all) => ({ visit, s, i, all })))
  const rows = seen
    .toSorted((a, b) => inOrder(a.s, b.s))
    .map(({ visit, s, i, all }) => row(visit, s, i + 1, all.length))
  return toCsv(columns, rows)
}

/** A session's page views in their order. Events that were sent too late are as good as never sent. */
function seenIn(visit: Visit): Seen[] {
  const counts = countedIn(visit)
  return visit.views
    .flatMap(view => {
      const hits = view.hits.filter(counts)
      const pings = hits.filter(h => h.name === 'page_ping')
      return hits.filter(h => h.name === 'page_view').map(event => ({ view, event, pings }))
    })
    .toSorted(inOrder)
}

function countedIn(visit: Visit): (hit: Hit) => boolean {
  const inTime = (hit: Hit) => hit.sent <= hit.created + daysLateAllowed * dayLength
  const hits = visit.views.flatMap(view => view.hits).filter(inTime)
  const begin = Math.min(...hits.map(hit => hit.collector))
  return hit => inTime(hit) && hit.collector <= begin + maxSessionDays * dayLength
}

/** The order of page views: derived_tstamp, dvce_created_tstamp, collector_tstamp, event_id. */
function inOrder({ event: a }: Seen, { event: b }: Seen): number {
  const byTime = a.derived - b.derived || a.created - b.created || a.collector - b.collector
  return byTime || (a.eventId < b.eventId ? -1 : 1)
}

function row(visit: Visit, { view, event, pings }: Seen, index: number, count: number): Row {
  const end = Math.max(event.derived, ...pings.map(ping => ping.derived))
  const { width, height } = visit.browser.viewport
  return {
    ...atomicColumns(visit, view),
    page_view_id: view.id,
    event_id: event.eventId,
    page_view_in_session_index: index,
    page_views_in_session: count,
    dvce_created_tstamp: timestamp(event.created),
    collector_tstamp: timestamp(event.collector),
    derived_tstamp: timestamp(event.derived),
    start_tstamp: timestamp(event.derived),
    end_tstamp: timestamp(end),
    engaged_time_in_s: engagedTime(pings),
    absolute_time_in_s: end - event.derived,
    ...scrolling('horizontal', [event, ...pings], width, hit => [hit.docWidth, hit.scroll?.xMax ?? 0]),
    ...scrolling('vertical', [event, ...pings], height, hit => [hit.docHeight, hit.scroll?.yMax ?? 0]),
    doc_width: event.docWidth,
    doc_height: event.docHeight,
  }
}

function engagedTime(pings: readonly Hit[]): number {
  const beats = new Set(pings.map(ping => Math.floor(ping.derived / heartbeat)))
  return beats.size === 0 ? 0 : heartbeat * (beats.size - 1) + minimumVisitLength
}

function scrolling(
  way: 'horizontal' | 'vertical',
  hits: readonly Hit[],
  view: number,
  measure: (hit: Hit) => readonly [size: number, offset: number],
): Row {
  const measured = hits.filter(hit => hit.docWidth > 0 && hit.docHeight > 0).map(measure)
  const size = Math.max(...measured.map(m => m[0]))
  const pixels = Math.min(Math.max(...measured.map(m => m[1]), 0), size)
  const percentage = Math.floor((100 * Math.min(pixels + view, size)) / size + 0.5)
  const known = measured.length > 0
  return {
    [`${way}_pixels_scrolled`]: known ? pixels : null,
    [`${way}_percentage_scrolled`]: known ? percentage : null,
  }
}
