// In: an event and the page view id that it belongs to. Out: rows of its web page context and its enrichments,
// as they come: missing, twice, with several ids, of another time, of no event.

import { anyValue } from './adversarial.js'
import { IAB, type Table, UA_PARSER, YAUAA } from './columns.js'
import type { EventRates } from './event_rates.js'
import type { Random } from './random.js'
import { formatTime, type Micros, parseTime, type Row, SECOND, time, type Value } from './rows.js'

/** The data while the generator still adds to it. */
export interface WebDataBeingMade {
  readonly events: Row[]
  readonly webPages: Row[]
  readonly iab: Row[]
  readonly uaParser: Row[]
  readonly yauaa: Row[]
}

interface Source {
  readonly from: Random
  readonly rates: EventRates
}

/** Adds the context rows of one event copy. */
export function addContexts(source: Source, data: WebDataBeingMade, event: Row, pageViewId: string): void {
  data.webPages.push(...webPagesOf(source, event, pageViewId))
  data.iab.push(...enrichmentsOf(source, event, IAB))
  data.uaParser.push(...enrichmentsOf(source, event, UA_PARSER))
  data.yauaa.push(...enrichmentsOf(source, event, YAUAA))
}

function webPagesOf({ from, rates }: Source, event: Row, id: string): Row[] {
  if (from.chance(rates.contextMissing)) return []
  const context = { ...rootOf(event), id }
  const rows: Row[] = [context]
  // Mostly the id of another page view: pv-1 of pv-12.
  const shorter = [...id].slice(0, -1).join('')
  if (from.chance(rates.contextTwice)) rows.push({ ...context })
  if (from.chance(rates.contextIds)) rows.push({ ...context, id: from.pick([from.uuid(), shorter, null]) })
  if (from.chance(rates.contextAstray)) {
    const other = formatTime((time(event, 'collector_tstamp') as Micros) + from.pick([1, -SECOND]))
    rows.push(
      from.pick([
        { ...context, root_tstamp: other, id: '0' },
        { ...context, root_id: from.uuid(), id: '1' },
      ]),
    )
  }
  return from.shuffle(rows)
}

/** None, one, or several rows of an enrichment, NULLs among them. */
function enrichmentsOf({ from, rates }: Source, event: Row, table: Table): Row[] {
  const count = from.chance(rates.contextMissing) ? 0 : from.chance(rates.contextTwice) ? 2 : 1
  const rows = Array.from({ length: count }, () => {
    const row: Record<string, Value> = rootOf(event)
    const at = parseTime(String(event['collector_tstamp']))
    for (const column of table.columns.slice(2)) row[column.name] = anyValue(from, column, at, rates)
    return row
  })
  return from.chance(rates.contextTwice) ? [...rows, ...rows.map(row => ({ ...row }))] : rows
}

function rootOf(event: Row): Record<string, Value> {
  return { root_id: event['event_id'] ?? null, root_tstamp: event['collector_tstamp'] ?? null }
}
