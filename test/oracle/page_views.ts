// In: base events with their page view ids, enrichment contexts. Out: the 98-column rows of page_views.

import { byRoot, contextsOf } from './base.js'
import { IAB, PAGE_VIEWS, type Table, UA_PARSER, YAUAA } from './columns.js'
import {
  byTime,
  byValue,
  firstIn,
  greatest,
  groupBy,
  inOrder,
  type Micros,
  number,
  type Order,
  type Row,
  SECOND,
  secondsBetween,
  text,
  time,
  timeText,
  type Value,
  value,
} from './rows.js'
import { PAGE_VIEW_ORDER } from './sessions.js'
import type { WebData, WebVariables } from './web_data.js'

export const BOT_WORDS: readonly string[] = (
  'bot crawl slurp spider archiv spinn sniff seo audit survey pingdom worm capture browsershots screenshots ' +
  'analyz index thumb check facebook PingdomBot PhantomJS YandexBot Twitterbot a_archiver facebookexternalhit ' +
  'Bingbot BingPreview Googlebot Baiduspider 360Spider 360User-agent semalt'
).split(' ')

const PAGE_VIEW_AND_SESSION = (row: Row): string =>
  JSON.stringify([value(row, 'page_view_id'), value(row, 'domain_sessionid')])

/**
 * The page views of base events. `taken` are page view ids that stand in production in a session which is not
 * among these events: `first` yields to them.
 */
export function pageViewsFrom(
  events: readonly Row[],
  contexts: WebData,
  variables: WebVariables,
  taken: ReadonlySet<string> = new Set(),
): Row[] {
  const kept = withoutPageViewCopies(
    events.filter(event => isPageView(event, variables)),
    variables,
  ).filter(event => !taken.has(text(event, 'page_view_id') as string))
  const engaging = events.filter(event =>
    ['page_view', 'page_ping'].includes(String(value(event, 'event_name'))),
  )
  const related = groupBy(engaging, PAGE_VIEW_AND_SESSION)
  const enrich = enrichment(contexts, variables)
  return [...groupBy(kept, event => text(event, 'domain_sessionid')).values()].flatMap(session =>
    [...session].sort(PAGE_VIEW_ORDER).map((event, at) => {
      const own = related.get(PAGE_VIEW_AND_SESSION(event)) ?? []
      return pageViewRow(event, {
        page_view_in_session_index: at + 1,
        page_views_in_session: session.length,
        ...times(event, own, variables),
        ...scroll(own, 'horizontal', 'width', 'pp_xoffset_max'),
        ...scroll(own, 'vertical', 'height', 'pp_yoffset_max'),
        ...enrich(event),
      })
    }),
  )
}

/** Whether an event may become a row: a page view with an id and a time, and not of a bot. */
export function isPageView(event: Row, variables: WebVariables): boolean {
  if (value(event, 'event_name') !== 'page_view') return false
  if (value(event, 'page_view_id') === null || value(event, 'derived_tstamp') === null) return false
  const agent = text(event, 'useragent')
  return !variables.ua_bot_filter || agent === null || !BOT_WORDS.some(word => agent.includes(word))
}

function withoutPageViewCopies(pageViews: readonly Row[], variables: WebVariables): Row[] {
  const copies = groupBy(pageViews, event => text(event, 'page_view_id'))
  return [...copies.values()].flatMap(group =>
    variables.page_view_dedupe === 'exclude' && group.length > 1
      ? []
      : [firstIn(PAGE_VIEW_ORDER, group) as Row],
  )
}

function times(event: Row, own: readonly Row[], variables: WebVariables): Row {
  const start = time(event, 'derived_tstamp') as Micros
  // A ping without a derived_tstamp says nothing about when: it is no ping, else the time would be negative.
  const pings = own
    .filter(one => value(one, 'event_name') === 'page_ping')
    .map(ping => time(ping, 'derived_tstamp'))
    .filter(at => at !== null)
  const end = greatest([start, ...pings])
  const { heartbeat, minimum_visit_length } = variables
  const beats = new Set(pings.map(at => Math.floor(at / (heartbeat * SECOND)))).size
  return {
    start_tstamp: timeText(start),
    end_tstamp: timeText(end),
    engaged_time_in_s: beats === 0 ? 0 : heartbeat * (beats - 1) + minimum_visit_length,
    absolute_time_in_s: secondsBetween(start, end),
  }
}

/** How far a page view was scrolled in one direction, in pixels and in whole percent, halves up. */
function scroll(own: readonly Row[], direction: string, side: string, offset: string): Row {
  const measured = own.filter(
    event => (number(event, 'doc_width') ?? 0) > 0 && (number(event, 'doc_height') ?? 0) > 0,
  )
  const most = (column: string): number => Math.max(...measured.map(event => number(event, column) ?? 0))
  const names = [`${direction}_pixels_scrolled`, `${direction}_percentage_scrolled`] as const
  if (measured.length === 0) return { [names[0]]: null, [names[1]]: null }
  const size = most(`doc_${side}`)
  const pixels = Math.min(Math.max(most(offset), 0), size)
  const seen = Math.min(pixels + most(`br_view${side}`), size)
  return { [names[0]]: pixels, [names[1]]: Math.floor((100 * seen) / size + 0.5) }
}

/** What gives an event's enrichment columns: of several rows the least, all NULL when it is switched off. */
function enrichment(contexts: WebData, variables: WebVariables): (event: Row) => Row {
  const parts = [
    { table: IAB, rows: byRoot(variables.iab ? contexts.iab : []) },
    { table: UA_PARSER, rows: byRoot(variables.ua_parser ? contexts.uaParser : []) },
    { table: YAUAA, rows: byRoot(variables.yauaa ? contexts.yauaa : []) },
  ]
  return event =>
    Object.assign({}, ...parts.map(part => enrichmentOf(part.table, contextsOf(event, part.rows))))
}

function enrichmentOf(table: Table, rows: readonly Row[]): Row {
  const columns = table.columns.filter(({ name }) => name !== 'root_id' && name !== 'root_tstamp')
  const order: Order<Row> = inOrder(...columns.map(({ name }) => byValue(name)), byTime('root_tstamp'))
  const least = firstIn(order, rows)
  return Object.fromEntries(
    columns.map(({ name }) => [name, least === undefined ? null : value(least, name)]),
  )
}

function pageViewRow(event: Row, computed: Row): Row {
  const row: Record<string, Value> = {}
  for (const { name } of PAGE_VIEWS.columns) {
    row[name] = name in computed ? value(computed, name) : value(event, name)
  }
  return row
}
