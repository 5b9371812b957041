// One staged page view for tests that think of a case rather than generate it.

import { PAGE_VIEWS } from './columns.js'
import type { Row, Value } from './rows.js'

/** A staged page view with all its times at `start`, everything else NULL unless given. */
export function pageView(
  id: string,
  session: string | null,
  user: string | null,
  start: string,
  more: Row = {},
): Row {
  const row: Record<string, Value> = Object.fromEntries(PAGE_VIEWS.columns.map(({ name }) => [name, null]))
  const times = { derived_tstamp: start, start_tstamp: start, end_tstamp: start }
  return {
    ...row,
    ...times,
    page_view_id: id,
    event_id: `e-${id}`,
    domain_sessionid: session,
    domain_userid: user,
    ...more,
  }
}
