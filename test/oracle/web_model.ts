// In: every event and context there is, and the variables. Out: the three public tables once everything is
// caught up. A function of the data only: how the events were loaded, in one batch or in many, is no argument.

import { baseEvents } from './base.js'
import { pageViewsFrom } from './page_views.js'
import type { Row } from './rows.js'
import { sessionsFrom } from './sessions.js'
import { usersFrom } from './users.js'
import type { WebData, WebVariables } from './web_data.js'

export interface WebTables {
  readonly pageViews: readonly Row[]
  readonly sessions: readonly Row[]
  readonly users: readonly Row[]
}

/**
 * The end state of page_views (98 columns), sessions (90) and users (38). The data must be inside the promise
 * (see load_batches.ts) for an incremental run to be bound to it: of a page view id in two sessions the first
 * in the order stands here, the one read first there.
 */
export function webModel(data: WebData, variables: WebVariables): WebTables {
  const pageViews = pageViewsFrom(baseEvents(data, variables), data, variables)
  const sessions = sessionsFrom(pageViews)
  return { pageViews, sessions, users: usersFrom(sessions) }
}
