// In: an event. Out: copies of it with the same event id, such as collectors, networks and reloads make them.
// Two copies are either equal in every column or told apart by the order of copies: no third thing happens.

import type { EventRates } from './event_rates.js'
import type { Random } from './random.js'
import { DAY, formatTime, HOUR, type Micros, parseTime, type Row, SECOND, time, type Value } from './rows.js'

const MOVES: readonly Micros[] = [1, SECOND, -SECOND, HOUR, -HOUR, 2 * DAY, 20 * DAY]
const ORDER_TIMES = ['dvce_created_tstamp', 'derived_tstamp', 'etl_tstamp'] as const

/** At most one copy of each kind, so that no two copies tie. */
export function copiesOf(source: { readonly from: Random; readonly rates: EventRates }, event: Row): Row[] {
  const { from, rates } = source
  const copies: Row[] = []
  if (from.chance(rates.equalCopy)) copies.push({ ...event })
  if (from.chance(rates.changedCopy)) copies.push(changedCopy(from, event))
  if (from.chance(rates.movedCopy)) {
    const moved = (time(event, 'collector_tstamp') as Micros) + from.pick(MOVES)
    copies.push({ ...changedCopy(from, event), collector_tstamp: formatTime(moved) })
  }
  return copies
}

/** Differs in one column of the order of copies, and in others that a wrong choice would show in. */
function changedCopy(from: Random, event: Row): Row {
  const copy: Record<string, Value> = { ...event }
  const column = from.pick([...ORDER_TIMES, 'page_url', 'page_title'])
  const held = copy[column] ?? null
  if (column === 'page_url' || column === 'page_title')
    copy[column] = held === 'a copy' ? 'another' : 'a copy'
  else if (held === null) copy[column] = event['collector_tstamp'] ?? null
  else copy[column] = formatTime(parseTime(String(held)) + from.pick([1, -1, SECOND, -SECOND, 40 * SECOND]))
  copy['geo_city'] = `copied ${from.int(1, 999)}`
  copy['br_lang'] = from.pick(['nb', 'nn', null])
  return copy
}
