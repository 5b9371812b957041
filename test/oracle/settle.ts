// In: generated data. Out: the same without the few events whose end state the contract leaves open.
//
// Open is only: which copy of a page view id stands when two sessions hold it ("the copy read first stays").
// Inside the promise are those where every way of reading gives the same: the first in the order is also the
// first collected, and counts for good. Then it wins within a batch by the order and across batches by being
// there. `exclude` has no such case: the second session cannot know what the first batch dropped.

import { countedEvents, countsAlone, eventCopyKey, withPageViewIds } from './base.js'
import { isPageView } from './page_views.js'
import { firstIn, groupBy, type Micros, type Row, text, time } from './rows.js'
import { PAGE_VIEW_ORDER } from './sessions.js'
import type { WebData, WebVariables } from './web_data.js'

/** A page view id in several sessions: the event that wins, and those of other sessions that yield. */
export interface SharedPageView {
  readonly winner: Row
  readonly others: readonly Row[]
  /** Whether every order of reading in collector order gives this winner. */
  readonly determined: boolean
}

/** The page view ids that stand in several sessions, seen without any dedupe of events. */
export function sharedPageViews(data: WebData, variables: WebVariables): SharedPageView[] {
  const events = data.events.filter(event => countsAlone(event, variables))
  const counted = new Set(countedEvents(events, variables))
  const copies = groupBy(data.events, event => text(event, 'event_id'))
  const withIds = withPageViewIds(events, data.webPages)
  const original = new Map(withIds.map((event, at) => [event, events[at] as Row]))
  const pageViews = withIds.filter(event => isPageView(event, variables))
  return [...groupBy(pageViews, event => text(event, 'page_view_id')).values()].flatMap(group => {
    const winner = firstIn(PAGE_VIEW_ORDER, group) as Row
    const others = group.filter(event => event['domain_sessionid'] !== winner['domain_sessionid'])
    if (others.length === 0) return []
    const plain = group.every(
      event => counted.has(original.get(event) as Row) && copies.get(String(event['event_id']))?.length === 1,
    )
    const firstCollected = others.every(event => collected(winner) <= collected(event))
    const determined = variables.page_view_dedupe === 'first' && plain && firstCollected
    return [{ winner, others, determined }]
  })
}

/** The data without the page views that another session's copy makes undetermined. */
export function settled(data: WebData, variables: WebVariables): WebData {
  const open = sharedPageViews(data, variables).filter(shared => !shared.determined)
  if (open.length === 0) return data
  const dropped = new Set(open.flatMap(shared => shared.others.map(eventCopyKey)))
  const events = data.events.filter(event => !dropped.has(eventCopyKey(event)))
  // Dropping an event may move a session's start, so look again.
  return settled({ ...data, events }, variables)
}

function collected(event: Row): Micros {
  return time(event, 'collector_tstamp') as Micros
}
