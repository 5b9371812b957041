// In: data and variables. Out: the same data in 1 to 10 loads, late ones among them, such that the contract
// promises the end state of all of it, however many runs take place between the loads.
//
// What the contract leaves open, and how the loads stay inside:
// - An event loaded more than lookback_window_hours behind the newest event already read is found only if its
//   session gets another event: an event comes that late only when such company follows in its own load or a
//   later one. "Read" is taken as "loaded", which is the worst case.
// - A copy (event_id, collector_tstamp) that was read already makes no work: only copies equal in every column
//   come in a later load, and none under `exclude`, where even an equal copy drops the event.
// - A context loaded after its event was read is not seen: context rows come with the first copy of their event
//   or before it. A row equal to one that is there may come at any time.
// - Of a page view id in two sessions the copy read first stays: settle.ts leaves only those where the winner is
//   collected first, and here it is loaded no later and found by itself.
// - Events that do not count may come at any time.

import { countedEvents, countsAlone, eventCopyKey } from './base.js'
import { type Random, random } from './random.js'
import { greatest, groupBy, HOUR, type Micros, type Row, text, time } from './rows.js'
import { type SharedPageView, sharedPageViews } from './settle.js'
import { joined, type WebData, type WebVariables } from './web_data.js'

export interface LoadOptions {
  readonly seed: number
  /** How many loads; 1 to 10 at random if not given. */
  readonly loads?: number
  /** The share of events that are tried in a later load than their time says. */
  readonly late?: number
}

/** The data in loads, to be inserted one after the other. Some may be empty. */
export function loadBatches(data: WebData, variables: WebVariables, options: LoadOptions): WebData[] {
  const from = random(options.seed)
  const count = options.loads ?? from.int(1, 10)
  const loadOf = inTimeOrder(data, variables, count, from)
  const shared = sharedPageViews(data, variables)
  for (const event of from.shuffle(data.events)) {
    if (!from.chance(options.late ?? 0.3)) continue
    const held = loadOf.get(event) as number
    loadOf.set(event, laterLoad(event, held, data, loadOf, count, from))
    if (eventProblems(eventLoads(data, loadOf, count), shared, variables).length > 0) loadOf.set(event, held)
  }
  return withContexts(data, eventLoads(data, loadOf, count), from)
}

/** Why the end state of these loads is not promised, a line per reason; none when it is. */
export function outsidePromise(loads: readonly WebData[], variables: WebVariables): string[] {
  const all = joined(loads)
  const events = loads.map(load => load.events)
  return [
    ...eventProblems(events, sharedPageViews(all, variables), variables),
    ...contextProblems(
      events,
      loads.map(load => load.webPages),
    ),
    ...contextProblems(
      events,
      loads.map(load => load.iab),
    ),
    ...contextProblems(
      events,
      loads.map(load => load.uaParser),
    ),
    ...contextProblems(
      events,
      loads.map(load => load.yauaa),
    ),
  ]
}

/** Every event in the load that its collector_tstamp falls in; those that never count in any. */
function inTimeOrder(data: WebData, variables: WebVariables, count: number, from: Random): Map<Row, number> {
  const counting = new Set(data.events.filter(event => countsAlone(event, variables)))
  const times = [...counting].map(collected)
  const cuts = times.length === 0 ? [] : Array.from({ length: count - 1 }, () => from.pick(times))
  return new Map(
    data.events.map(event => {
      const inTime = cuts.filter(cut => cut < collected(event)).length
      return [event, counting.has(event) ? inTime : from.int(0, count - 1)]
    }),
  )
}

/** Some load after the one it is in, often that of a later event of its session. */
function laterLoad(
  event: Row,
  held: number,
  data: WebData,
  loadOf: ReadonlyMap<Row, number>,
  count: number,
  from: Random,
): number {
  const session = data.events.filter(one => one['domain_sessionid'] === event['domain_sessionid'])
  const company = session.map(one => loadOf.get(one) as number).filter(load => load > held)
  if (company.length > 0 && from.chance(0.5)) return from.pick(company)
  return Math.min(held + from.int(1, 3), count - 1)
}

function eventLoads(data: WebData, loadOf: ReadonlyMap<Row, number>, count: number): Row[][] {
  const loads: Row[][] = Array.from({ length: count }, () => [])
  for (const event of data.events) loads[loadOf.get(event) as number]?.push(event)
  return loads
}

interface Loaded {
  readonly event: Row
  readonly load: number
  readonly alone: boolean
  /** Counts when all is loaded. */
  readonly counts: boolean
  /** Within the lookback of the newest event read before its load. */
  readonly inWindow: boolean
  /** Its copy key came in no earlier load. */
  readonly newWork: boolean
}

function eventProblems(
  loads: readonly (readonly Row[])[],
  shared: readonly SharedPageView[],
  variables: WebVariables,
): string[] {
  const loaded = examined(loads, variables)
  const sessions = groupBy(loaded, one => text(one.event, 'domain_sessionid'))
  const byKey = groupBy(loaded, one => eventCopyKey(one.event))
  const problems = loaded.flatMap(one => {
    const copies = byKey.get(String(eventCopyKey(one.event))) ?? []
    const problem = problemOf(
      one,
      sessions.get(text(one.event, 'domain_sessionid') ?? '') ?? [],
      copies,
      variables,
    )
    return problem === undefined
      ? []
      : [`event ${String(one.event['event_id'])} in load ${one.load}: ${problem}`]
  })
  return [...problems, ...shared.flatMap(one => sharedProblem(one, byKey))]
}

function examined(loads: readonly (readonly Row[])[], variables: WebVariables): Loaded[] {
  const all = loads.flat()
  const counted = new Set(countedEvents(all, variables))
  const before: Row[] = []
  const keys = new Set<string | null>()
  let newest: Micros | null = null
  return loads.flatMap((events, load) => {
    // Events count by what is loaded: a session whose beginning comes late counted longer before that.
    newest = greatest([newest, ...countedEvents(before, variables).map(collected)])
    const floor = newest === null ? -Infinity : newest - variables.lookback_window_hours * HOUR
    const examinedLoad = events.map(event => ({
      event,
      load,
      alone: countsAlone(event, variables),
      counts: counted.has(event),
      inWindow: collected(event) >= floor,
      newWork: !keys.has(eventCopyKey(event)),
    }))
    before.push(...events)
    for (const one of examinedLoad) if (one.alone) keys.add(eventCopyKey(one.event))
    return examinedLoad
  })
}

function problemOf(
  one: Loaded,
  session: readonly Loaded[],
  copies: readonly Loaded[],
  variables: WebVariables,
): string | undefined {
  if (!one.counts) return undefined
  if (!one.newWork) {
    const written = JSON.stringify(one.event)
    const equal = copies.some(
      copy => copy.load < one.load && copy.counts && JSON.stringify(copy.event) === written,
    )
    return equal && variables.event_dedupe === 'first' ? undefined : 'a copy of what may have been read'
  }
  if (one.inWindow) return undefined
  const company = session.some(
    other => other.load >= one.load && other.counts && other.inWindow && other.newWork && other !== one,
  )
  return company ? undefined : 'behind the lookback and alone'
}

function sharedProblem(shared: SharedPageView, byKey: ReadonlyMap<string, Loaded[]>): string[] {
  const loadedAs = (event: Row): Loaded => byKey.get(String(eventCopyKey(event)))?.[0] as Loaded
  const winner = loadedAs(shared.winner)
  const first = shared.others.every(other => winner.load <= loadedAs(other).load)
  if (shared.determined && winner.inWindow && first) return []
  return [`page view ${String(shared.winner['page_view_id'])}: which session's copy is read first is open`]
}

function contextProblems(
  loads: readonly (readonly Row[])[],
  contexts: readonly (readonly Row[])[],
): string[] {
  const wanted = firstLoads(loads)
  const seen = new Set<string>()
  return contexts.flatMap((rows, load) => {
    const late = rows.filter(
      row => (wanted.get(rootOf(row)) ?? Infinity) < load && !seen.has(JSON.stringify(row)),
    )
    for (const row of rows) seen.add(JSON.stringify(row))
    return late.map(row => `context of ${String(row['root_id'])} in load ${load}: after its event`)
  })
}

/** The first load of each event copy. */
function firstLoads(loads: readonly (readonly Row[])[]): Map<string | null, number> {
  const first = new Map<string | null, number>()
  loads.forEach((events, load) => {
    for (const event of events) if (!first.has(eventCopyKey(event))) first.set(eventCopyKey(event), load)
  })
  return first
}

/** The loads with their context rows: with the event, sometimes before it, a row sent again sometimes after. */
function withContexts(data: WebData, events: readonly (readonly Row[])[], from: Random): WebData[] {
  const wanted = firstLoads(events)
  const last = events.length - 1
  const spread = (contexts: readonly Row[]): Row[][] => {
    const loads: Row[][] = events.map(() => [])
    const seen = new Set<string>()
    for (const row of contexts) {
      const load = wanted.get(rootOf(row)) ?? from.int(0, last)
      const again = seen.has(JSON.stringify(row))
      seen.add(JSON.stringify(row))
      const moved = from.chance(0.1) ? (again ? from.int(load, last) : from.int(0, load)) : load
      loads[moved]?.push(row)
    }
    return loads.map(from.shuffle)
  }
  const [webPages, iab, uaParser, yauaa] = [data.webPages, data.iab, data.uaParser, data.yauaa].map(
    spread,
  ) as [Row[][], Row[][], Row[][], Row[][]]
  return events.map((rows, load) => ({
    events: from.shuffle(rows),
    webPages: webPages[load] as Row[],
    iab: iab[load] as Row[],
    uaParser: uaParser[load] as Row[],
    yauaa: yauaa[load] as Row[],
  }))
}

function rootOf(context: Row): string | null {
  return eventCopyKey({
    event_id: context['root_id'] ?? null,
    collector_tstamp: context['root_tstamp'] ?? null,
  })
}

function collected(event: Row): Micros {
  return time(event, 'collector_tstamp') as Micros
}
