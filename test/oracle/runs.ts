// In: loads and variables. Out: the three tables after runs by windows, the way the contract describes runs.
// It exists to check the oracle against itself: what the end state ignores (windows, staging, what is read when)
// is all that happens here, and both must come to the same rows.

import { baseEvents, countedEvents, eventCopyKey } from './base.js'
import { pageViewsFrom } from './page_views.js'
import type { Random } from './random.js'
import { DAY, greatest, groupBy, HOUR, least, type Micros, parseTime, type Row, text, time } from './rows.js'
import { sessionsFrom } from './sessions.js'
import { usersFrom } from './users.js'
import { joined, NO_WEB_DATA, type WebData, type WebVariables } from './web_data.js'
import type { WebTables } from './web_model.js'

interface Window {
  readonly from: Micros
  readonly to: Micros
}

/** Loads one after the other, runs at random in between, and a last catching up. */
export function tablesAfterRuns(loads: readonly WebData[], variables: WebVariables, from: Random): WebTables {
  const runs = new Runs(variables)
  for (const load of loads) {
    runs.load(load)
    for (let left = from.pick([0, 1, 2, Infinity]); left > 0 && runs.base(); left -= 1) {
      if (from.chance(0.6)) runs.pageViews()
    }
  }
  while (runs.base()) if (from.chance(0.6)) runs.pageViews()
  runs.pageViews()
  return runs.tables()
}

class Runs {
  #loaded: WebData = NO_WEB_DATA
  readonly #read = new Map<string, Micros>()
  /** events_staged by session; a session without events still tells page views to remove it. */
  readonly #staged = new Map<string, readonly Row[]>()
  readonly #production = new Map<string, readonly Row[]>()

  constructor(readonly variables: WebVariables) {}

  load(data: WebData): void {
    this.#loaded = joined([this.#loaded, data])
  }

  /** One run of base; false when there was nothing to do. */
  base(): boolean {
    const counted = countedEvents(this.#loaded.events, this.variables)
    const unread = counted.filter(event => !this.#read.has(String(eventCopyKey(event))))
    const window = this.#windowOf(unread)
    if (window === undefined) return false
    const work = unread.filter(event => collected(event) >= window.from && collected(event) <= window.to)
    const sessions = new Set(work.map(event => event['domain_sessionid']))
    const taken = counted.filter(
      event => sessions.has(event['domain_sessionid'] ?? null) && collected(event) <= window.to,
    )
    const staged = groupBy(baseEvents({ ...this.#loaded, events: taken }, this.variables), sessionOf)
    for (const session of sessions) this.#staged.set(String(session), staged.get(String(session)) ?? [])
    for (const event of taken) this.#read.set(String(eventCopyKey(event)), collected(event))
    return true
  }

  #windowOf(unread: readonly Row[]): Window | undefined {
    const cadence = this.variables.update_cadence_days * DAY
    const newest = greatest([...this.#read.values()])
    const start = parseTime(`${this.variables.start_date} 00:00:00`)
    const usual: Window =
      newest === null
        ? { from: start, to: start + cadence }
        : { from: newest - this.variables.lookback_window_hours * HOUR, to: newest + cadence }
    const found = unread.map(collected).filter(at => at >= usual.from)
    const next = least(found)
    if (next === null) return undefined
    return next <= usual.to ? usual : { from: next, to: next + cadence }
  }

  /** Page views over everything staged: replaces each session of the batch, and empties the staged events. */
  pageViews(): void {
    const outside = [...this.#production].filter(([session]) => !this.#staged.has(session))
    const taken = new Set(outside.flatMap(([, rows]) => rows.map(row => String(row['page_view_id']))))
    const events = [...this.#staged.values()].flat()
    const rows = groupBy(pageViewsFrom(events, this.#loaded, this.variables, taken), sessionOf)
    for (const session of this.#staged.keys()) this.#production.delete(session)
    for (const [session, pageViews] of rows) this.#production.set(session, pageViews)
    this.#staged.clear()
  }

  tables(): WebTables {
    const pageViews = [...this.#production.values()].flat()
    const sessions = sessionsFrom(pageViews)
    return { pageViews, sessions, users: usersFrom(sessions) }
  }
}

function sessionOf(row: Row): string | null {
  return text(row, 'domain_sessionid')
}

function collected(event: Row): Micros {
  return time(event, 'collector_tstamp') as Micros
}
