// Rows of a query as JSON: an object per row. Numbers keep all their digits, whether JavaScript can hold them or not.

import type { QueryResult, Value } from '../adapters/driver.js'

/** As JSON.stringify with two blanks would write it, but with numbers as the database has them. */
export function jsonRows(result: QueryResult): string {
  if (result.rows.length === 0) return '[]'
  const names = keysOf(result.columns).map(name => JSON.stringify(name))
  const isNumber = result.columns.map((_, index) => result.numbers.includes(index))
  const objects = result.rows.map(row => {
    const members = names.map(
      (name, index) => `    ${name}: ${jsonValue(row[index] ?? null, isNumber[index] ?? false)}`,
    )
    return `  {\n${members.join(',\n')}\n  }`
  })
  return `[\n${objects.join(',\n')}\n]`
}

/** For programs that read events; numbers that JavaScript cannot hold are texts. */
export function rowObjects(result: QueryResult): readonly Readonly<Record<string, Value>>[] {
  const names = keysOf(result.columns)
  return result.rows.map(row => Object.fromEntries(names.map((name, index) => [name, row[index] ?? null])))
}

/** Of columns of one name each gets its own: `n`, `n_2`. */
function keysOf(columns: readonly string[]): readonly string[] {
  const taken = new Set(columns)
  const seen = new Set<string>()
  return columns.map(column => {
    let key = column
    for (let count = 2; seen.has(key) || (key !== column && taken.has(key)); count += 1)
      key = `${column}_${count}`
    seen.add(key)
    return key
  })
}

const jsonNumber = /^-?(0|[1-9]\d*)(\.\d+)?([eE][+-]?\d+)?$/

/** JSON has no NaN and no infinity: these are texts. */
function jsonValue(value: Value, isNumber: boolean): string {
  if (value === null) return 'null'
  const text = Object.is(value, -0) ? '-0' : String(value)
  if (typeof value === 'boolean' || (isNumber && jsonNumber.test(text))) return text
  return JSON.stringify(text)
}
