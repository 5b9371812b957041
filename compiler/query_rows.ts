// The rows that a query gives, as objects and as cells of a table for a terminal.

import type { QueryResult, Value } from '../adapters/driver.js'
import type { TextTable } from './text_table.js'

export const asObjects = ({ columns, rows }: QueryResult): readonly Readonly<Record<string, Value>>[] =>
  rows.map(row => Object.fromEntries(columns.map((column, index) => [column, row[index] ?? null])))

/** NULL is a dot; columns of numbers are aligned to the right. */
export const textTable = ({ columns, rows }: QueryResult): Pick<TextTable, 'head' | 'rows' | 'right'> => ({
  head: columns,
  rows: rows.map(row => row.map(value => (value === null ? '·' : String(value)))),
  right: columns.flatMap((_, index) => (rows.some(row => typeof row[index] === 'number') ? [index] : [])),
})
