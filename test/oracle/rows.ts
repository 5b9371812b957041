// In: rows as plain objects. Out: their values read, ordered and folded the way the contract says
// (NULLs last, text by bytes, timestamps to the microsecond). Everything else in the oracle stands on this.

export type Value = string | number | boolean | null
/** A row by column name; a timestamp is text, `YYYY-MM-DD HH:MM:SS[.ffffff]`, without time zone. */
export type Row = Readonly<Record<string, Value>>
/** Microseconds since 1970, exact in a double until the year 2255. */
export type Micros = number
export type Order<T> = (a: T, b: T) => number

export const SECOND: Micros = 1_000_000
export const HOUR: Micros = 3600 * SECOND
export const DAY: Micros = 24 * HOUR

/** The value of a column. A row without the column is a bug of the caller, not a NULL. */
export function value(row: Row, column: string): Value {
  const found = row[column]
  if (found === undefined) throw new Error(`no column ${column} in ${JSON.stringify(Object.keys(row))}`)
  return found
}

/** The value of a text column. */
export function text(row: Row, column: string): string | null {
  const found = value(row, column)
  if (found !== null && typeof found !== 'string') throw new Error(`${column} is no text: ${String(found)}`)
  return found
}

/** The value of a number column. */
export function number(row: Row, column: string): number | null {
  const found = value(row, column)
  if (found !== null && typeof found !== 'number') throw new Error(`${column} is no number: ${String(found)}`)
  return found
}

/** The value of a timestamp column, in microseconds. */
export function time(row: Row, column: string): Micros | null {
  const found = text(row, column)
  return found === null ? null : parseTime(found)
}

const TIMESTAMP = /^(\d{4})-(\d\d)-(\d\d) (\d\d):(\d\d):(\d\d)(?:\.(\d{1,6}))?$/

/** Timestamps are read again and again in comparisons; a data set has some thousands of them. */
const parsed = new Map<string, Micros>()
const MOST_PARSED = 100_000

/** Microseconds since 1970 of a timestamp's text. */
export function parseTime(written: string): Micros {
  const known = parsed.get(written)
  if (known !== undefined) return known
  if (parsed.size >= MOST_PARSED) parsed.clear()
  const micros = microsOf(written)
  parsed.set(written, micros)
  return micros
}

function microsOf(written: string): Micros {
  const match = TIMESTAMP.exec(written)
  if (match === null) throw new Error(`not a timestamp: ${written}`)
  const [year, month, day, hour, minute, second] = match.slice(1, 7).map(Number) as [
    number,
    number,
    number,
    number,
    number,
    number,
  ]
  const whole = Date.UTC(year, month - 1, day, hour, minute, second) * 1000
  return whole + Number((match[7] ?? '').padEnd(6, '0'))
}

/** A timestamp's text, without trailing zeros in the fraction, as Postgres writes it. */
export function formatTime(micros: Micros): string {
  const seconds = Math.floor(micros / SECOND)
  const fraction = micros - seconds * SECOND
  const whole = new Date(seconds * 1000).toISOString().slice(0, 19).replace('T', ' ')
  return fraction === 0 ? whole : `${whole}.${String(fraction).padStart(6, '0').replace(/0+$/, '')}`
}

/** Seconds between two timestamps: `floor(epoch(b)) - floor(epoch(a))`, NULL if either is. */
export function secondsBetween(a: Micros | null, b: Micros | null): number | null {
  return a === null || b === null ? null : Math.floor(b / SECOND) - Math.floor(a / SECOND)
}

/** Text by its UTF-8 bytes, which is the order of code points: collation "C". */
export function compareText(a: string, b: string): number {
  return a === b ? 0 : Buffer.compare(Buffer.from(a, 'utf8'), Buffer.from(b, 'utf8'))
}

/** Two values of one column, ascending, NULL last, false before true. */
export function compareValues(a: Value, b: Value): number {
  if (a === null || b === null) return a === b ? 0 : a === null ? 1 : -1
  if (typeof a === 'string' && typeof b === 'string') return compareText(a, b)
  return Number(a) - Number(b)
}

/** Rows by a timestamp column, NULL last. */
export function byTime(column: string): Order<Row> {
  return (a, b) => compareValues(time(a, column), time(b, column))
}

/** Rows by a text, number or boolean column, NULL last. */
export function byValue(column: string): Order<Row> {
  return (a, b) => compareValues(value(a, column), value(b, column))
}

/** One order after the other, the next where the one before ties. */
export function inOrder<T>(...orders: readonly Order<T>[]): Order<T> {
  return (a, b) => {
    for (const order of orders) {
      const result = order(a, b)
      if (result !== 0) return result
    }
    return 0
  }
}

/** The first of the rows in the order, undefined of none. */
export function firstIn<T>(order: Order<T>, rows: readonly T[]): T | undefined {
  return rows.reduce<T | undefined>(
    (first, row) => (first === undefined || order(row, first) < 0 ? row : first),
    undefined,
  )
}

/** The last of the rows in that same ascending order, so a NULL comes last. */
export function lastIn<T>(order: Order<T>, rows: readonly T[]): T | undefined {
  return firstIn((a, b) => order(b, a), rows)
}

/** The least, NULL only if all are. */
export function least(values: readonly (number | null)[]): number | null {
  return values.reduce((low, one) => (low === null || (one !== null && one < low) ? one : low), null)
}

/** The greatest, NULL only if all are: in a greatest, NULL never wins. */
export function greatest(values: readonly (number | null)[]): number | null {
  return values.reduce((high, one) => (high === null || (one !== null && one > high) ? one : high), null)
}

/** The sum without the NULLs, 0 when there is nothing to add. */
export function sum(values: readonly (number | null)[]): number {
  return values.reduce<number>((total, one) => total + (one ?? 0), 0)
}

/** Items by a key, in the order in which the keys came; items with a NULL key are left out. */
export function groupBy<T>(items: readonly T[], keyOf: (item: T) => string | null): Map<string, T[]> {
  const groups = new Map<string, T[]>()
  for (const item of items) {
    const key = keyOf(item)
    if (key === null) continue
    const group = groups.get(key)
    if (group === undefined) groups.set(key, [item])
    else group.push(item)
  }
  return groups
}

/** A nullable time as the text of a column. */
export function timeText(micros: Micros | null): string | null {
  return micros === null ? null : formatTime(micros)
}
