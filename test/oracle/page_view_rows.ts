// In: a seed and rates. Out: batches of staged page view rows, each row with the 98 columns of page_views, that
// hold whatever the sessions module must survive. Within one session no two different rows share both page
// view id and event id, so the contract determines every expected row.

import { anyFraction, anyKey, anyValue, type ValueRates } from './adversarial.js'
import { PAGE_VIEWS } from './columns.js'
import { type Random, random } from './random.js'
import { DAY, formatTime, HOUR, type Micros, parseTime, type Row, SECOND, type Value, value } from './rows.js'

/** How often each thing happens, per row unless it says otherwise, 0 to 1; 0 to 0.15 is meant. */
export interface PageViewRates extends ValueRates {
  readonly nullSession: number
  readonly nullUser: number
  /** A NULL start_tstamp; a session of such rows has no start, and no window finds it again. */
  readonly nullStart: number
  readonly nullEnd: number
  /** A NULL in a timestamp of the order. */
  readonly nullOrder: number
  readonly nullEventId: number
  /** A timestamp equal to that of the row before it in the session; drawn per column. */
  readonly tie: number
  /** Another row with the page view id, in the session. */
  readonly copy: number
  /** A page view id that also stands in another session. */
  readonly copyElsewhere: number
  /** The same row twice, equal in every column. */
  readonly doubled: number
  /** A page view with the event id of another. */
  readonly sameEventId: number
  /** A session that comes back has another user id (per session that comes back). */
  readonly userChange: number
  /** A session of a device whose clock stands before 1970 (per session). */
  readonly oldClock: number
}

export interface PageViewOptions {
  readonly seed: number
  readonly batches?: number
  readonly sessionsPerBatch?: number
  /** The most page views of a new session. */
  readonly pageViews?: number
  /** The share of a batch's sessions that earlier batches had already, 0 to 1. */
  readonly returning?: number
  readonly rates?: Partial<PageViewRates>
}

/** No adversity at all: a start for tests that want one thing only. */
export const NO_PAGE_VIEW_RATES: PageViewRates = {
  nasty: 0,
  longText: 0,
  nullValue: 0,
  extreme: 0,
  nullSession: 0,
  nullUser: 0,
  nullStart: 0,
  nullEnd: 0,
  nullOrder: 0,
  nullEventId: 0,
  tie: 0,
  copy: 0,
  copyElsewhere: 0,
  doubled: 0,
  sameEventId: 0,
  userChange: 0,
  oldClock: 0,
}

export const PAGE_VIEW_RATES: PageViewRates = {
  nasty: 0.12,
  longText: 0.004,
  nullValue: 0.1,
  extreme: 0.05,
  nullSession: 0.05,
  nullUser: 0.08,
  nullStart: 0.06,
  nullEnd: 0.06,
  nullOrder: 0.06,
  nullEventId: 0.04,
  tie: 0.15,
  copy: 0.12,
  copyElsewhere: 0.05,
  doubled: 0.05,
  sameEventId: 0.03,
  userChange: 0.15,
  oldClock: 0.01,
}

/** The most engaged seconds of one page view: a thousand of them still sum to an int4. */
const MOST_ENGAGED = 2_000_000
const FIRST_DAY = parseTime('2020-02-28 00:00:00')
const GAPS: readonly Micros[] = [HOUR, DAY, 7 * DAY, 40 * DAY, 200 * DAY]
const ORDER_TIMES = ['derived_tstamp', 'dvce_created_tstamp', 'collector_tstamp'] as const

interface Session {
  readonly id: string
  user: string
  rows: Row[]
}

interface Generator {
  readonly from: Random
  readonly rates: PageViewRates
  readonly sessions: Session[]
  readonly users: string[]
  /** A page view id of the session before, to be copied into the next. */
  elsewhere: { readonly session: string; readonly id: string } | undefined
  serial: number
}

/**
 * Batches of staged page views, to be staged one after the other (each replaces its sessions whole). Sessions
 * come back in later batches longer, shorter, equal, or with only new rows and so with a start hundreds of days
 * later than the one that derived.sessions holds.
 */
export function pageViewBatches(options: PageViewOptions): Row[][] {
  const generator: Generator = {
    from: random(options.seed),
    rates: { ...PAGE_VIEW_RATES, ...options.rates },
    sessions: [],
    users: [],
    elsewhere: undefined,
    serial: 0,
  }
  let now = FIRST_DAY
  return Array.from({ length: options.batches ?? 4 }, () => {
    now += generator.from.pick(GAPS)
    return batchOf(generator, now, options)
  })
}

function batchOf(generator: Generator, now: Micros, options: PageViewOptions): Row[] {
  const { from, rates } = generator
  const rows: Row[] = []
  const seenBefore = from.shuffle(generator.sessions)
  // A batch that carries no old rows leaves the rows of its returning sessions outside the lookback.
  const onlyRecent = from.chance(0.5)
  for (let slot = 0; slot < (options.sessionsPerBatch ?? 8); slot += 1) {
    const returning = from.chance(options.returning ?? 0.3) ? seenBefore.pop() : undefined
    const session = returning ?? newSession(generator)
    const start = from.chance(rates.oldClock)
      ? -from.int(0, 5 * 86400) * SECOND - 500_000
      : now - from.int(0, 48 * 3600) * SECOND
    const fresh = pageViewsOf(generator, session, start, from.int(1, options.pageViews ?? 6))
    if (returning !== undefined) comeBack(generator, session, fresh, onlyRecent)
    else session.rows = fresh
    rows.push(...session.rows)
  }
  return from.shuffle(rows)
}

function newSession(generator: Generator): Session {
  const { from, rates, users, sessions } = generator
  if (users.length === 0 || from.chance(0.6)) users.push(key(generator, 'user', 'domain_userid'))
  const session = { id: key(generator, 'session', 'domain_sessionid'), user: from.pick(users), rows: [] }
  // The empty text is a session id like any other; NULL is none.
  if (from.chance(rates.nasty) && sessions.every(one => one.id !== '')) session.id = ''
  sessions.push(session)
  return session
}

function comeBack(generator: Generator, session: Session, fresh: readonly Row[], onlyRecent: boolean): void {
  const { from, rates } = generator
  const shorter = from.shuffle(session.rows).slice(0, from.int(1, session.rows.length))
  session.rows = onlyRecent
    ? [...fresh]
    : from.pick([() => [...session.rows, ...fresh], () => [...session.rows], () => shorter])()
  if (!from.chance(rates.userChange)) return
  session.user = from.pick(generator.users)
  session.rows = session.rows.map(row => ({ ...row, domain_userid: session.user }))
}

function pageViewsOf(generator: Generator, session: Session, start: Micros, count: number): Row[] {
  const { from, rates } = generator
  const rows: Row[] = []
  let at = start
  for (let index = 0; index < count; index += 1) {
    at += from.int(0, 120) * SECOND + anyFraction(from)
    const row = pageViewOf(generator, session, at, rows.at(-1))
    rows.push(row)
    if (from.chance(rates.copy)) rows.push(copyOf(generator, row, at))
  }
  const doubled = rows.filter(() => from.chance(rates.doubled))
  const withoutSession = rows
    .filter(() => from.chance(rates.nullSession))
    .map(row => ({ ...row, domain_sessionid: null, page_view_id: from.uuid(), event_id: from.uuid() }))
  generator.elsewhere = { session: session.id, id: String(value(rows[0] as Row, 'page_view_id')) }
  return [...rows, ...doubled, ...withoutSession]
}

function pageViewOf(generator: Generator, session: Session, at: Micros, before: Row | undefined): Row {
  const { from, rates } = generator
  const row: Record<string, Value> = {}
  for (const column of PAGE_VIEWS.columns) row[column.name] = anyValue(from, column, at, rates)
  for (const column of ORDER_TIMES) row[column] = near(generator, at, rates.nullOrder)
  row['start_tstamp'] = near(generator, at, rates.nullStart)
  row['end_tstamp'] = near(generator, at + from.int(0, 90) * SECOND, rates.nullEnd)
  for (const column of [...ORDER_TIMES, 'start_tstamp', 'end_tstamp']) {
    if (before !== undefined && from.chance(rates.tie)) row[column] = before[column] as Value
  }
  const engaged = from.chance(rates.extreme) ? from.pick([0, MOST_ENGAGED]) : from.int(0, 600)
  row['engaged_time_in_s'] = from.chance(rates.nullValue) ? null : engaged
  row['domain_sessionid'] = session.id
  row['domain_userid'] = from.chance(rates.nullUser) ? null : session.user
  // Only a first row may take the other session's page view id, else one session would hold it twice.
  const elsewhere = before === undefined && generator.elsewhere?.session !== session.id && generator.elsewhere
  const taken = from.chance(rates.copyElsewhere) && elsewhere ? elsewhere.id : undefined
  row['page_view_id'] = taken ?? key(generator, 'pv', 'page_view_id')
  const sharedEvent = before !== undefined && from.chance(rates.sameEventId) ? before['event_id'] : undefined
  row['event_id'] = sharedEvent ?? (from.chance(rates.nullEventId) ? null : key(generator, 'ev', 'event_id'))
  return row
}

/** Another row of the page view id: other values, an event id of its own, often tied in the order. */
function copyOf(generator: Generator, row: Row, at: Micros): Row {
  const { from, rates } = generator
  const copy: Record<string, Value> = { ...row, event_id: key(generator, 'ev', 'event_id') }
  for (const column of ['page_title', 'page_url', 'app_id', 'user_id', 'engaged_time_in_s', 'doc_width']) {
    const definition = PAGE_VIEWS.columns.find(one => one.name === column)
    if (definition !== undefined) copy[column] = anyValue(from, definition, at, { ...rates, extreme: 0 })
  }
  for (const column of [...ORDER_TIMES, 'start_tstamp', 'end_tstamp']) {
    if (from.chance(0.3)) copy[column] = near(generator, at + from.int(-30, 30) * SECOND, rates.nullOrder)
  }
  return copy
}

function near(generator: Generator, at: Micros, nullRate: number): string | null {
  const { from } = generator
  return from.chance(nullRate) ? null : formatTime(at + from.int(0, 3) * SECOND + anyFraction(from))
}

function key(generator: Generator, prefix: string, column: string): string {
  generator.serial += 1
  const length = PAGE_VIEWS.columns.find(one => one.name === column)?.length ?? 36
  return anyKey(generator.from, prefix, generator.serial, length, generator.rates.nasty)
}
