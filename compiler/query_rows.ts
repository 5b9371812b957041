// The rows that a query gives, as cells of a table for a terminal.

import type { QueryResult } from '../adapters/driver.js'
import { nullCell, type TextTable } from './text_table.js'

/** Columns of numbers are aligned to the right. */
export const textTable = ({
  columns,
  rows,
  numbers,
}: QueryResult): Pick<TextTable, 'head' | 'rows' | 'right'> => ({
  head: columns,
  rows: rows.map(row => row.map(value => (value === null ? nullCell : String(value)))),
  right: numbers,
})
