// In: a seed, variables and rates. Out: adversarial events with their contexts, whose end state the contract
// determines (see settle.ts for what it leaves open and how that is kept out).

import { anyFraction } from './adversarial.js'
import { sessionLimit } from './base.js'
import { addContexts } from './event_contexts.js'
import { copiesOf } from './event_copies.js'
import { EVENT_RATES, type EventRates } from './event_rates.js'
import { anyUser, eventOf, type Generator, key, newSession, type Session } from './event_source.js'
import { random } from './random.js'
import { DAY, formatTime, HOUR, type Micros, parseTime, type Row, SECOND, type Value } from './rows.js'
import { settled } from './settle.js'
import type { WebData, WebVariables } from './web_data.js'

export interface EventOptions {
  readonly seed: number
  readonly variables: WebVariables
  readonly sessions?: number
  /** The most page views of a session. */
  readonly pageViews?: number
  readonly rates?: Partial<EventRates>
}

/** Events and contexts of some dozens of sessions, from before start_date to many times the cadence after. */
export function webEvents(options: EventOptions): WebData {
  const from = random(options.seed)
  const generator: Generator = {
    from,
    rates: { ...EVENT_RATES, ...options.rates },
    variables: options.variables,
    data: { events: [], webPages: [], iab: [], uaParser: [], yauaa: [] },
    users: [],
    pageViewIds: [],
    now: parseTime(`${options.variables.start_date} 00:00:00`),
    serial: 0,
  }
  if (from.chance(generator.rates.quiet)) generator.now += quietGap(generator)
  // The first session may begin before start_date and go on after it.
  else generator.now -= from.int(0, 2) * HOUR
  for (let count = 0; count < (options.sessions ?? 20); count += 1) {
    generator.now += from.pick([0, 0, 1, 3600, 86400]) * SECOND + from.int(0, 1200) * SECOND
    if (from.chance(generator.rates.quiet)) generator.now += quietGap(generator)
    addSession(generator, options.pageViews ?? 4)
    if (from.chance(generator.rates.neverCounts)) addEventThatNeverCounts(generator)
    if (from.chance(generator.rates.emptied)) addEmptiedSession(generator)
  }
  return settled(generator.data, options.variables)
}

function quietGap(generator: Generator): Micros {
  const days = generator.variables.update_cadence_days * generator.from.int(1, 5)
  return days * DAY + generator.from.pick([0, 1, HOUR, DAY])
}

function addSession(generator: Generator, mostPageViews: number): void {
  const { from, rates } = generator
  const session = newSession(generator)
  let at = generator.now + anyFraction(from)
  const count = from.int(1, mostPageViews)
  for (let index = 0; index < count; index += 1) {
    if (from.chance(rates.userChange)) session.user = anyUser(generator)
    at = addPageView(generator, session, at)
    if (index === 0 && from.chance(rates.longSession)) at = nearLimit(generator, generator.now)
    else at += from.int(0, 1200) * SECOND
  }
}

/** A time around the end of what counts of a session: on the dot, a microsecond later, and well beyond. */
function nearLimit(generator: Generator, start: Micros): Micros {
  const { from, variables } = generator
  const far = [10 * DAY, 40 * DAY]
  const most = variables.max_session_days
  if (most !== null)
    return start + from.pick([most * DAY - 1, most * DAY, most * DAY + 1, most * DAY - HOUR, ...far])
  // Around session_lookback_days itself it depends on the window of the run whether a session is too old.
  const lookback = variables.session_lookback_days
  const tooOld = (lookback + variables.update_cadence_days + 2) * DAY + variables.lookback_window_hours * HOUR
  const youngEnough = Math.max(lookback - variables.update_cadence_days - 2, 0) * DAY
  return start + from.pick([youngEnough, tooOld, ...(lookback > 100 ? far : [])])
}

/** A page view with its pings and whatever else happens meanwhile; gives the time after it. */
function addPageView(generator: Generator, session: Session, start: Micros): Micros {
  const { from, rates, variables } = generator
  const page = anyPageViewId(generator, session)
  let at = start
  if (!from.chance(rates.strayPing / 2)) addEvent(generator, session, 'page_view', at, page)
  for (let beats = from.pick([0, 0, 1, 3, 6]); beats > 0; beats -= 1) {
    at += from.pick([variables.heartbeat * SECOND, variables.heartbeat * SECOND, 500_000, 65 * SECOND])
    addEvent(generator, session, 'page_ping', at, page)
    if (from.chance(rates.strayPing)) addEvent(generator, session, 'page_ping', at, anyOtherId(generator))
    if (from.chance(rates.custom)) {
      addEvent(generator, session, from.pick(['link_click', 'page_View', 'event']), at, page)
    }
  }
  if (from.chance(rates.pageViewCopy)) {
    addEvent(generator, session, 'page_view', at + from.int(-60, 60) * SECOND, page)
  }
  return at
}

function anyPageViewId(generator: Generator, session: Session): string {
  const { from, rates, pageViewIds, variables } = generator
  const elsewhere = pageViewIds.filter(one => one.session !== session.id)
  const shares = variables.page_view_dedupe === 'first' && elsewhere.length > 0
  if (shares && from.chance(rates.pageViewElsewhere)) return from.pick(elsewhere.slice(-5)).id
  const id = key(generator, 'pv', 'event_id')
  pageViewIds.push({ id, session: session.id })
  return id
}

function anyOtherId(generator: Generator): string {
  return generator.from.pick([...generator.pageViewIds.map(one => one.id), generator.from.uuid()])
}

function addEvent(generator: Generator, session: Session, name: string, at: Micros, page: string): void {
  const event = eventOf(generator, session, name, at)
  const copies = copiesOf(generator, event)
  session.before = event
  generator.data.events.push(event, ...copies)
  addContexts(generator, generator.data, event, page)
  for (const copy of copies) {
    if (copy['collector_tstamp'] !== event['collector_tstamp']) {
      addContexts(generator, generator.data, copy, generator.from.chance(0.2) ? anyOtherId(generator) : page)
    }
  }
}

/** An event that fails rule 1 by itself, where it can do harm: in a gap, years ahead, before everything. */
function addEventThatNeverCounts(generator: Generator): void {
  const { from, variables } = generator
  const session = newSession(generator)
  const start = parseTime(`${variables.start_date} 00:00:00`)
  const at = from.pick([generator.now + 5 * DAY, generator.now + 3000 * DAY, start - DAY, start - 1])
  const event: Record<string, Value> = { ...eventOf(generator, session, 'page_view', at) }
  const late = variables.days_late_allowed * DAY + 1
  const reasons: readonly (() => void)[] = [
    () => {
      event['domain_sessionid'] = null
    },
    () => {
      event['dvce_created_tstamp'] = formatTime(at)
      event['dvce_sent_tstamp'] = formatTime(at + late)
    },
  ]
  if (at >= start) from.pick(reasons)()
  // Of a session that exists: it must not move that session's start either.
  const known = from.pick(generator.data.events)['domain_sessionid'] ?? null
  if (event['domain_sessionid'] !== null && known !== null) event['domain_sessionid'] = known
  generator.data.events.push(event)
  addContexts(generator, generator.data, event, from.uuid())
}

/**
 * A session of one page view, and an event that takes it away again when it is read later: a copy where copies
 * are excluded, else an earlier copy that is no page view. The session must vanish from every table.
 */
function addEmptiedSession(generator: Generator): void {
  const { from, data, variables } = generator
  const session = newSession(generator)
  const page = key(generator, 'pv', 'event_id')
  const at = generator.now
  const event: Row = { ...eventOf(generator, session, 'page_view', at), derived_tstamp: formatTime(at) }
  const later = Math.min(variables.update_cadence_days * DAY + HOUR, sessionLimit(variables) - HOUR)
  const taker = (): Row => {
    if (variables.event_dedupe === 'exclude') return { ...event, collector_tstamp: formatTime(at + later) }
    const other = { ...event, collector_tstamp: formatTime(at + later), event_id: from.uuid() }
    if (variables.page_view_dedupe === 'exclude') return other
    return { ...event, collector_tstamp: formatTime(at - HOUR / 2), derived_tstamp: null }
  }
  for (const row of [event, taker()]) {
    data.events.push(row)
    addContexts(generator, data, row, page)
  }
}
