// In: a random source and rates. Out: one event row of a session, all 129 columns, with the times, documents and
// user agents that trip careless SQL. Which events a session has is said in event_rows.ts.

import { anyKey, anyValue, clip, nastyText } from './adversarial.js'
import { type Column, EVENTS } from './columns.js'
import type { WebDataBeingMade } from './event_contexts.js'
import type { EventRates } from './event_rates.js'
import { BOT_WORDS } from './page_views.js'
import type { Random } from './random.js'
import { DAY, formatTime, HOUR, type Micros, type Row, SECOND, type Value } from './rows.js'
import type { WebVariables } from './web_data.js'

export interface PageViewId {
  readonly id: string
  readonly session: string
}

/** What all parts of the generator share. */
export interface Generator {
  readonly from: Random
  readonly rates: EventRates
  readonly variables: WebVariables
  readonly data: WebDataBeingMade
  readonly users: string[]
  readonly pageViewIds: PageViewId[]
  /** Where time stands: sessions begin one after the other. */
  now: Micros
  serial: number
}

export interface Session {
  readonly id: string
  user: string
  readonly index: number
  readonly app: string | null
  readonly agent: string
  /** What the device's clock is ahead of ours. */
  readonly clock: Micros
  before: Row | undefined
}

const AGENTS: readonly string[] = [
  'Mozilla/5.0 (X11; Linux x86_64) Firefox/84.0',
  'Mozilla/5.0 (Linux; Android 9; CUBOT X19) Chrome/87.0',
  'Bot-free agent, SEO and AUDIT in capitals',
  '',
]
const DEVICE_TIMES = ['derived_tstamp', 'dvce_created_tstamp'] as const
/** Sizes at which percentages fall on halves: 1 of 8 is 12.5, 1 of 200 is 0.5. */
const DOCUMENT_SIZES: readonly number[] = [8, 40, 200, 1000, 1280, 3333]

/** A session without events yet. */
export function newSession(generator: Generator): Session {
  const { from, rates } = generator
  return {
    id: key(generator, 'session', 'domain_sessionid'),
    user: anyUser(generator),
    index: from.chance(rates.extreme) ? from.pick([2147483647, -2147483648]) : from.int(1, 3),
    app: from.chance(rates.otherApp) ? from.pick(['intranet', 'WEB', '', null]) : from.pick(['web', 'shop']),
    agent: from.chance(rates.bot) ? botAgent(from) : from.pick(AGENTS),
    clock: from.chance(rates.oddClock)
      ? from.pick([-generator.now - 1_500_000, 900 * DAY])
      : -from.int(0, 3) * SECOND,
    before: undefined,
  }
}

/** A user who came before, or a new one. */
export function anyUser(generator: Generator): string {
  const { from, users } = generator
  if (users.length === 0 || from.chance(0.4)) users.push(key(generator, 'user', 'domain_userid'))
  return from.pick(users)
}

/** An event of the session at a collector_tstamp, with an event id of its own. */
export function eventOf(generator: Generator, session: Session, name: string, at: Micros): Row {
  const { from, rates } = generator
  const row: Record<string, Value> = {}
  for (const column of EVENTS.columns) row[column.name] = plainValue(generator, column, at)
  Object.assign(row, timesOf(generator, session, at), documentOf(generator))
  row['event'] = name === 'page_view' || name === 'page_ping' ? name : 'unstruct'
  row['event_name'] = name
  row['event_id'] = key(generator, 'ev', 'event_id')
  row['app_id'] = session.app
  row['domain_sessionid'] = from.chance(rates.nullSession) ? null : session.id
  row['domain_sessionidx'] = from.chance(rates.nullValue) ? null : session.index
  row['domain_userid'] = from.chance(rates.nullUser) ? null : session.user
  row['useragent'] = from.chance(rates.nullValue)
    ? null
    : from.chance(rates.bot)
      ? botAgent(from)
      : session.agent
  return row
}

/** Columns that no rule reads; transactions are NULL, or rows would be ten times as long for nothing. */
function plainValue(generator: Generator, column: Column, at: Micros): Value {
  if (/^(tr|ti|se|br_features|ip)_/.test(column.name)) return null
  return anyValue(generator.from, column, at, generator.rates)
}

function timesOf(generator: Generator, session: Session, at: Micros): Row {
  const { from, rates, variables } = generator
  const device = at + session.clock
  const limit = variables.days_late_allowed * DAY
  // With days_late_allowed at 0 a second between created and sent is too late already.
  const usual = limit === 0 ? 0 : from.int(0, 2) * SECOND
  const delay = from.chance(rates.lateSent) ? limit + from.pick([0, 0, 1, -1, HOUR, 10 * DAY]) : usual
  const times: Record<string, string | null> = {
    collector_tstamp: formatTime(at),
    dvce_created_tstamp: from.chance(rates.nullTime) ? null : formatTime(device),
    dvce_sent_tstamp: from.chance(rates.nullTime) ? null : formatTime(device + delay),
    derived_tstamp: from.chance(rates.nullDerived)
      ? null
      : formatTime(device + from.pick([0, 0, 1, -SECOND])),
    etl_tstamp: from.chance(rates.nullTime) ? null : formatTime(at + HOUR),
  }
  for (const column of DEVICE_TIMES) {
    const before = session.before?.[column]
    if (typeof before === 'string' && from.chance(rates.tie)) times[column] = before
  }
  return times
}

function documentOf(generator: Generator): Row {
  const { from, rates } = generator
  const size = (): number | null =>
    from.chance(rates.oddDocument)
      ? from.pick([0, -1, null, from.chance(rates.extreme) ? 2147483647 : 30_000_000])
      : from.pick(DOCUMENT_SIZES)
  const offset = (): number | null => {
    if (from.chance(rates.extreme)) return 2147483647
    return from.chance(rates.nullValue) ? null : from.pick([-5, 0, 1, 3, 37, 1000, 5000])
  }
  const view = (): number | null => (from.chance(rates.nullValue) ? null : from.pick([0, 0, 1, 2, 768, 1280]))
  return {
    doc_width: size(),
    doc_height: size(),
    pp_xoffset_min: offset(),
    pp_xoffset_max: offset(),
    pp_yoffset_min: offset(),
    pp_yoffset_max: offset(),
    br_viewwidth: view(),
    br_viewheight: view(),
  }
}

function botAgent(from: Random): string {
  return `Agent/1.0 ${from.pick(BOT_WORDS)} (${clip(nastyText(from), 40)})`
}

/** A key that was not used before, within the length of a column. */
export function key(generator: Generator, prefix: string, column: string): string {
  generator.serial += 1
  const length = EVENTS.columns.find(one => one.name === column)?.length ?? 36
  return anyKey(generator.from, prefix, generator.serial, length, generator.rates.nasty)
}
