// In: the rows of derived.sessions. Out: the 38-column rows of users, over all sessions of each user.

import { USERS } from './columns.js'
import {
  byTime,
  byValue,
  compareValues,
  firstIn,
  greatest,
  groupBy,
  inOrder,
  lastIn,
  least,
  number,
  type Order,
  type Row,
  sum,
  text,
  time,
  timeText,
  type Value,
  value,
} from './rows.js'

const FIRST_SESSION_ORDER = inOrder<Row>(
  byTime('start_tstamp'),
  byValue('domain_sessionidx'),
  byValue('domain_sessionid'),
)

/** The last session is a greatest, where NULL never wins: here NULL is the least of all. */
const LAST_SESSION_ORDER = inOrder<Row>(
  nullFirst(row => time(row, 'end_tstamp')),
  nullFirst(row => time(row, 'start_tstamp')),
  nullFirst(row => number(row, 'domain_sessionidx')),
  nullFirst(row => text(row, 'domain_sessionid')),
)

/** The users of a set of sessions, in the order in which their ids came; sessions without a user id give none. */
export function usersFrom(sessions: readonly Row[]): Row[] {
  return [...groupBy(sessions, row => text(row, 'domain_userid')).values()].map(userOf)
}

function userOf(sessions: readonly Row[]): Row {
  const first = firstIn(FIRST_SESSION_ORDER, sessions) as Row
  const last = lastIn(LAST_SESSION_ORDER, sessions) as Row
  const totals: Row = {
    start_tstamp: timeText(least(sessions.map(row => time(row, 'start_tstamp')))),
    end_tstamp: timeText(greatest(sessions.map(row => time(row, 'end_tstamp')))),
    page_views: sum(sessions.map(row => number(row, 'page_views'))),
    sessions: sessions.length,
    engaged_time_in_s: sum(sessions.map(row => number(row, 'engaged_time_in_s'))),
  }
  const user: Record<string, Value> = {}
  for (const { name } of USERS.columns) {
    const from = name in totals ? totals : name.startsWith('last_page_') ? last : first
    user[name] = value(from, name)
  }
  return user
}

function nullFirst(read: (row: Row) => Value): Order<Row> {
  return (a, b) => {
    const [one, other] = [read(a), read(b)]
    if (one === null || other === null) return one === other ? 0 : one === null ? -1 : 1
    return compareValues(one, other)
  }
}
