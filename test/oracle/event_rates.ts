// How often the event generator does what, and random settings of the variables to try it with.

import type { ValueRates } from './adversarial.js'
import type { Random } from './random.js'
import { WEB_DEFAULTS, type WebVariables } from './web_data.js'

/** How often each thing happens, 0 to 1; 0 to 0.15 is meant. Per event unless it says otherwise. */
export interface EventRates extends ValueRates {
  /** The event has no session id. */
  readonly nullSession: number
  readonly nullUser: number
  /** The session's application is one that nobody wants, or NULL (per session). */
  readonly otherApp: number
  /** Sent days after it was created: just within days_late_allowed, just beyond, far beyond. */
  readonly lateSent: number
  readonly nullDerived: number
  /** A NULL in dvce_created_tstamp, dvce_sent_tstamp or etl_tstamp; drawn per column. */
  readonly nullTime: number
  /** A timestamp equal to that of the event before it in the session; drawn per column. */
  readonly tie: number
  /** The event again, equal in every column. */
  readonly equalCopy: number
  /** A copy with the collector_tstamp, but different otherwise. */
  readonly changedCopy: number
  /** A copy collected at another time, from a microsecond to days away. */
  readonly movedCopy: number
  /** A page view without a web page context. */
  readonly contextMissing: number
  /** The same context row twice. */
  readonly contextTwice: number
  /** A second context row with another id, or a NULL one. */
  readonly contextIds: number
  /** A context row with the event's id and another root_tstamp, or of no event. */
  readonly contextAstray: number
  /** A second page_view event with the page view id (per page view). */
  readonly pageViewCopy: number
  /** A page_view event with the page view id of another session (per page view). */
  readonly pageViewElsewhere: number
  /** A page ping with the page view id of another session, or of no page view. */
  readonly strayPing: number
  /** An event of another kind. */
  readonly custom: number
  readonly bot: number
  /** A document without width or height, or a negative one, or a huge one. */
  readonly oddDocument: number
  /** A session that goes on around its limit, and far beyond (per session). */
  readonly longSession: number
  /** The session goes on under another domain_userid. */
  readonly userChange: number
  /** A device clock before 1970 or years ahead (per session). */
  readonly oddClock: number
  /** Nothing for longer than update_cadence_days (per session, before it). */
  readonly quiet: number
  /** An event that never counts, at any time: in quiet gaps, before start_date, years ahead (per session). */
  readonly neverCounts: number
  /** A session that has a page view until more is read, and then none (per session). */
  readonly emptied: number
}

/** No adversity at all: a start for tests that want one thing only. */
export const NO_EVENT_RATES: EventRates = {
  nasty: 0,
  longText: 0,
  nullValue: 0,
  extreme: 0,
  nullSession: 0,
  nullUser: 0,
  otherApp: 0,
  lateSent: 0,
  nullDerived: 0,
  nullTime: 0,
  tie: 0,
  equalCopy: 0,
  changedCopy: 0,
  movedCopy: 0,
  contextMissing: 0,
  contextTwice: 0,
  contextIds: 0,
  contextAstray: 0,
  pageViewCopy: 0,
  pageViewElsewhere: 0,
  strayPing: 0,
  custom: 0,
  bot: 0,
  oddDocument: 0,
  longSession: 0,
  userChange: 0,
  oddClock: 0,
  quiet: 0,
  neverCounts: 0,
  emptied: 0,
}

export const EVENT_RATES: EventRates = {
  nasty: 0.08,
  longText: 0.001,
  nullValue: 0.1,
  extreme: 0.03,
  nullSession: 0.02,
  nullUser: 0.04,
  otherApp: 0.1,
  lateSent: 0.06,
  nullDerived: 0.03,
  nullTime: 0.05,
  tie: 0.15,
  equalCopy: 0.04,
  changedCopy: 0.04,
  movedCopy: 0.05,
  contextMissing: 0.04,
  contextTwice: 0.06,
  contextIds: 0.06,
  contextAstray: 0.05,
  pageViewCopy: 0.08,
  pageViewElsewhere: 0.08,
  strayPing: 0.1,
  custom: 0.1,
  bot: 0.05,
  oddDocument: 0.1,
  longSession: 0.15,
  userChange: 0.05,
  oddClock: 0.03,
  quiet: 0.1,
  neverCounts: 0.15,
  emptied: 0.1,
}

/** Random settings, all of them within their ranges; the applications are those that the generator uses. */
export function randomVariables(from: Random, fixed: Partial<WebVariables> = {}): WebVariables {
  const maxSessionDays = from.pick([3, 3, 1, 0.5, null])
  return {
    ...WEB_DEFAULTS,
    start_date: '2021-01-04',
    app_ids: from.pick([[], [], ['web', 'shop'], ['web']]),
    lookback_window_hours: from.pick([6, 6, 0, 1, 48]),
    update_cadence_days: from.pick([7, 2, 1]),
    session_lookback_days: maxSessionDays === null ? from.pick([365, 10]) : 365,
    days_late_allowed: from.pick([3, 3, 0, 1]),
    max_session_days: maxSessionDays,
    event_dedupe: from.pick(['first', 'first', 'exclude']),
    page_view_dedupe: from.pick(['first', 'first', 'exclude']),
    heartbeat: from.pick([10, 10, 7, 30]),
    minimum_visit_length: from.pick([5, 10, 1]),
    ua_bot_filter: from.chance(0.8),
    iab: from.chance(0.5),
    ua_parser: from.chance(0.5),
    yauaa: from.chance(0.5),
    ...fixed,
  }
}
