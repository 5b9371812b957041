// In: staged page view rows. Out: the rows of the sessions table that they must give. This is the contract
// of the sessions module said a second time, without SQL, so that the SQL has something to be wrong against.

import { SESSIONS } from './columns.js'
import {
  byTime,
  byValue,
  firstIn,
  greatest,
  groupBy,
  inOrder,
  lastIn,
  least,
  number,
  type Row,
  secondsBetween,
  sum,
  text,
  time,
  timeText,
  type Value,
  value,
} from './rows.js'

/** The order of page views. */
export const PAGE_VIEW_ORDER = inOrder<Row>(
  byTime('derived_tstamp'),
  byTime('dvce_created_tstamp'),
  byTime('collector_tstamp'),
  byValue('event_id'),
)

/** The order that tells a session's first and last page view; the page view id makes it total. */
export const FIRST_AND_LAST_ORDER = inOrder<Row>(
  byTime('start_tstamp'),
  PAGE_VIEW_ORDER,
  byValue('page_view_id'),
)

/**
 * The sessions of a set of staged page views, in the order in which their keys came. Takes rows with the
 * columns of page_views, gives rows with the 90 columns of sessions. Rows without a session id give nothing.
 */
export function sessionsFrom(pageViews: readonly Row[]): Row[] {
  return [...groupBy(pageViews, row => text(row, 'domain_sessionid')).values()].map(sessionOf)
}

function sessionOf(rows: readonly Row[]): Row {
  const pageViews = withoutCopies(rows)
  const first = firstIn(FIRST_AND_LAST_ORDER, pageViews) as Row
  const last = lastIn(FIRST_AND_LAST_ORDER, pageViews) as Row
  const start = least(pageViews.map(row => time(row, 'start_tstamp')))
  const end = greatest(pageViews.map(row => time(row, 'end_tstamp')))
  const totals: Row = {
    start_tstamp: timeText(start),
    end_tstamp: timeText(end),
    page_views: pageViews.length,
    engaged_time_in_s: sum(pageViews.map(row => number(row, 'engaged_time_in_s'))),
    absolute_time_in_s: secondsBetween(start, end),
    referrer: value(first, 'page_referrer'),
  }
  const session: Record<string, Value> = {}
  for (const { name } of SESSIONS.columns) {
    if (name in totals) session[name] = value(totals, name)
    else if (name.startsWith('first_page_')) session[name] = value(first, name.slice('first_'.length))
    else if (name.startsWith('last_page_')) session[name] = value(last, name.slice('last_'.length))
    else session[name] = value(first, name)
  }
  return session
}

/** One row per page view id of a session: of copies the first in the order. */
function withoutCopies(rows: readonly Row[]): Row[] {
  const copies = groupBy(rows, row => {
    const id = text(row, 'page_view_id')
    // The column is declared not null: what a NULL would count as is not said, so there must not be one.
    if (id === null) throw new Error('a staged page view without page_view_id')
    return id
  })
  return [...copies.values()].map(group => firstIn(PAGE_VIEW_ORDER, group) as Row)
}
