// The rows that a query gives: some of their columns, and their cells as a table for a terminal.

import type { QueryResult } from '../adapters/driver.js'
import type { Clean } from './secrets.js'
import { nullCell, type TextTable } from './text_table.js'

/** The result with those of its columns, given by their positions. */
export const onlyColumns = (
  { columns, numbers, rows, rowCount }: QueryResult,
  kept: readonly number[],
): QueryResult => ({
  columns: kept.map(index => columns[index] ?? ''),
  numbers: kept.flatMap((index, place) => (numbers.includes(index) ? [place] : [])),
  rows: rows.map(row => kept.map(index => row[index] ?? null)),
  rowCount,
})

/** Without secrets; a number is none. */
export const cleanRows = (result: QueryResult, clean: Clean): QueryResult => ({
  ...result,
  columns: result.columns.map(clean),
  rows: result.rows.map(row =>
    row.map((value, index) =>
      typeof value === 'string' && !result.numbers.includes(index) ? clean(value) : value,
    ),
  ),
})

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
