// In: the rows a test expects and the rows a driver gave back. Out: what differs, said per key and column.
// Rows are compared whole, and as a bag: a row too many, too few or doubled is a difference.

import { AssertionError } from 'node:assert'
import type { Column, Table } from './columns.js'
import { formatTime, parseTime, type Row, type Value } from './rows.js'

const SHOWN = 20
const LONGEST = 200

/** Every difference between two sets of rows of a table, a line each; none when they are the same rows. */
export function differences(expected: readonly Row[], actual: readonly Row[], table: Table): string[] {
  const wrongColumns = actual.slice(0, 1).flatMap(row => columnDifferences(row, table))
  if (wrongColumns.length > 0) return wrongColumns
  const wanted = byKey(expected, table)
  const found = byKey(actual, table)
  const keys = [...new Set([...wanted.keys(), ...found.keys()])]
  return keys.flatMap(key => keyDifferences(clipped(key), wanted.get(key) ?? [], found.get(key) ?? [], table))
}

/** Throws with a readable list when the rows differ; `context` (a seed, a step) goes before it. */
export function assertSameRows(
  expected: readonly Row[],
  actual: readonly Row[],
  table: Table,
  context = '',
): void {
  const found = differences(expected, actual, table)
  if (found.length === 0) return
  const more = found.length > SHOWN ? [`... and ${found.length - SHOWN} more`] : []
  const title = `${context === '' ? '' : `${context}: `}${table.name}: ${found.length} differences, `
  const counts = `${expected.length} rows expected, ${actual.length} found`
  throw new AssertionError({ message: [title + counts, ...found.slice(0, SHOWN), ...more].join('\n  ') })
}

function columnDifferences(row: Row, table: Table): string[] {
  const wanted = table.columns.map(column => column.name)
  const found = Object.keys(row)
  const missing = wanted.filter(name => !found.includes(name)).map(name => `missing column ${name}`)
  const extra = found.filter(name => !wanted.includes(name)).map(name => `extra column ${name}`)
  return [...missing, ...extra]
}

function byKey(rows: readonly Row[], table: Table): Map<string, Row[]> {
  const groups = new Map<string, Row[]>()
  const keyColumns = table.columns.filter(column => table.key.includes(column.name))
  for (const row of rows) {
    const key = JSON.stringify(keyColumns.map(column => normal(row[column.name], column) ?? null))
    const group = groups.get(key)
    if (group === undefined) groups.set(key, [row])
    else group.push(row)
  }
  return groups
}

function keyDifferences(
  key: string,
  expected: readonly Row[],
  actual: readonly Row[],
  table: Table,
): string[] {
  if (expected.length !== actual.length) {
    const what = actual.length === 0 ? 'missing' : expected.length === 0 ? 'extra' : 'doubled or lost'
    return [`${key}: ${what}: ${expected.length} rows expected, ${actual.length} found`]
  }
  const wanted = sorted(expected, table)
  const found = sorted(actual, table)
  return wanted.flatMap((row, at) => valueDifferences(key, row, found[at] as Row, table))
}

function valueDifferences(key: string, expected: Row, actual: Row, table: Table): string[] {
  return table.columns.flatMap(column => {
    const wanted = normal(expected[column.name], column)
    const found = normal(actual[column.name], column)
    return wanted === found
      ? []
      : [`${key}: ${column.name}: expected ${shown(wanted)}, found ${shown(found)}`]
  })
}

/** Rows of one key in an order of their own, so that doubled rows can be told apart pair by pair. */
function sorted(rows: readonly Row[], table: Table): Row[] {
  if (rows.length === 1) return [...rows]
  const written = (row: Row): string =>
    JSON.stringify(table.columns.map(column => normal(row[column.name], column) ?? null))
  return rows
    .map(row => ({ row, as: written(row) }))
    .sort((a, b) => (a.as < b.as ? -1 : a.as > b.as ? 1 : 0))
    .map(({ row }) => row)
}

/** One spelling per value: a timestamp without trailing zeros. Other values are compared as they are. */
function normal(value: Value | undefined, column: Column): Value | undefined {
  if (column.kind !== 'timestamp' || typeof value !== 'string') return value
  return /^\d{4}-\d\d-\d\d \d\d:\d\d:\d\d(\.\d{1,6})?$/.test(value) ? formatTime(parseTime(value)) : value
}

function shown(value: Value | undefined): string {
  return clipped(value === undefined ? 'nothing' : value === null ? 'NULL' : JSON.stringify(value))
}

function clipped(written: string): string {
  return written.length <= LONGEST
    ? written
    : `${written.slice(0, LONGEST)}... (${written.length} characters)`
}
