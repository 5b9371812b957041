// The input of the web model as plain data: events, the contexts beside them, and the variables that the rules
// read. Nothing is computed here.

import type { Row } from './rows.js'

/** Rows of the events table and of the four context tables, with the columns of columns.ts. */
export interface WebData {
  readonly events: readonly Row[]
  readonly webPages: readonly Row[]
  readonly iab: readonly Row[]
  readonly uaParser: readonly Row[]
  readonly yauaa: readonly Row[]
}

/** The variables that decide about rows, by the names that a project file gives them. */
export interface WebVariables {
  /** `YYYY-MM-DD`. */
  readonly start_date: string
  readonly app_ids: readonly string[]
  readonly lookback_window_hours: number
  readonly update_cadence_days: number
  readonly session_lookback_days: number
  readonly days_late_allowed: number
  readonly max_session_days: number | null
  readonly event_dedupe: 'first' | 'exclude'
  readonly page_view_dedupe: 'first' | 'exclude'
  readonly heartbeat: number
  readonly minimum_visit_length: number
  readonly ua_bot_filter: boolean
  readonly iab: boolean
  readonly ua_parser: boolean
  readonly yauaa: boolean
}

/** The defaults of the contract; `start_date` has none. */
export const WEB_DEFAULTS: Omit<WebVariables, 'start_date'> = {
  app_ids: [],
  lookback_window_hours: 6,
  update_cadence_days: 7,
  session_lookback_days: 365,
  days_late_allowed: 3,
  max_session_days: 3,
  event_dedupe: 'first',
  page_view_dedupe: 'first',
  heartbeat: 10,
  minimum_visit_length: 5,
  ua_bot_filter: true,
  iab: false,
  ua_parser: false,
  yauaa: false,
}

export const NO_WEB_DATA: WebData = { events: [], webPages: [], iab: [], uaParser: [], yauaa: [] }

/** All rows of several loads in one. */
export function joined(loads: readonly WebData[]): WebData {
  return {
    events: loads.flatMap(load => load.events),
    webPages: loads.flatMap(load => load.webPages),
    iab: loads.flatMap(load => load.iab),
    uaParser: loads.flatMap(load => load.uaParser),
    yauaa: loads.flatMap(load => load.yauaa),
  }
}
