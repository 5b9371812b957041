// In: events and web page contexts. Out: the events that the base module must hand on, each with its page view
// id. Windows do not appear: they decide when an event is read, never whether it counts.

import {
  byTime,
  byValue,
  compareText,
  DAY,
  firstIn,
  groupBy,
  inOrder,
  least,
  type Micros,
  parseTime,
  type Row,
  text,
  time,
  value,
} from './rows.js'
import type { WebData, WebVariables } from './web_data.js'

/** The order of the copies of an event. */
export const EVENT_COPY_ORDER = inOrder<Row>(
  byTime('collector_tstamp'),
  byTime('dvce_created_tstamp'),
  byTime('derived_tstamp'),
  byTime('etl_tstamp'),
  byValue('page_url'),
  byValue('page_title'),
)

/** Events that count, deduplicated, each with a column `page_view_id` (NULL without a web page context). */
export function baseEvents(data: WebData, variables: WebVariables): Row[] {
  return withPageViewIds(withoutEventCopies(countedEvents(data.events, variables), variables), data.webPages)
}

/** Rules 1 and 2: what counts at all, and of that, what is not too long after its session began. */
export function countedEvents(events: readonly Row[], variables: WebVariables): Row[] {
  const wanted = events.filter(event => countsAlone(event, variables))
  const starts = sessionStarts(wanted)
  return wanted.filter(event => {
    const start = starts.get(text(event, 'domain_sessionid') as string) as Micros
    return (time(event, 'collector_tstamp') as Micros) <= start + sessionLimit(variables)
  })
}

/** Rule 1: whether an event counts, looked at alone. */
export function countsAlone(event: Row, variables: WebVariables): boolean {
  const collector = time(event, 'collector_tstamp')
  if (collector === null || collector < parseTime(`${variables.start_date} 00:00:00`)) return false
  if (text(event, 'domain_sessionid') === null) return false
  const app = text(event, 'app_id')
  if (variables.app_ids.length > 0 && (app === null || !variables.app_ids.includes(app))) return false
  const sent = time(event, 'dvce_sent_tstamp')
  const created = time(event, 'dvce_created_tstamp')
  return sent === null || created === null || sent <= created + variables.days_late_allowed * DAY
}

/** The least collector_tstamp of each session's events. */
export function sessionStarts(events: readonly Row[]): Map<string, Micros> {
  const sessions = groupBy(events, event => text(event, 'domain_sessionid'))
  return new Map(
    [...sessions].map(([id, rows]) => [id, least(rows.map(row => time(row, 'collector_tstamp'))) as Micros]),
  )
}

/**
 * How long after its start a session's events count. A session that began before `session_lookback_days` takes
 * no more events; seen from the event, so that it does not depend on when a run took place.
 */
export function sessionLimit(variables: WebVariables): Micros {
  return Math.min(variables.max_session_days ?? Infinity, variables.session_lookback_days) * DAY
}

/** Rule 3: one copy of each event id within a session, or none. */
export function withoutEventCopies(events: readonly Row[], variables: WebVariables): Row[] {
  const copies = groupBy(events, event =>
    JSON.stringify([value(event, 'domain_sessionid'), value(event, 'event_id')]),
  )
  return [...copies.values()].flatMap(group =>
    variables.event_dedupe === 'exclude' && group.length > 1 ? [] : [firstIn(EVENT_COPY_ORDER, group) as Row],
  )
}

/** The events with the smallest id of their web page contexts. */
export function withPageViewIds(events: readonly Row[], webPages: readonly Row[]): Row[] {
  const contexts = byRoot(webPages)
  return events.map(event => {
    const ids = contextsOf(event, contexts).map(row => text(row, 'id'))
    const found = ids.filter(id => id !== null).sort(compareText)
    return { ...event, page_view_id: found[0] ?? null }
  })
}

/** Context rows by the event copy that they belong to. */
export function byRoot(contexts: readonly Row[]): Map<string, Row[]> {
  return groupBy(contexts, row => rootKey(text(row, 'root_id'), time(row, 'root_tstamp')))
}

/** The context rows of an event, out of `byRoot`. */
export function contextsOf(event: Row, contexts: ReadonlyMap<string, Row[]>): readonly Row[] {
  const key = eventCopyKey(event)
  return (key === null ? undefined : contexts.get(key)) ?? []
}

/** What tells one copy of an event from another: event id and collector_tstamp. */
export function eventCopyKey(event: Row): string | null {
  return rootKey(text(event, 'event_id'), time(event, 'collector_tstamp'))
}

function rootKey(id: string | null, at: Micros | null): string | null {
  return id === null || at === null ? null : JSON.stringify([id, at])
}
