// Rows of a table on the screen: as a table cut to the terminal's width, as CSV or as JSON.

import type { QueryResult } from '../../adapters/driver.js'
import { stringify } from '../csv.js'
import { asObjects, textTable } from '../query_rows.js'
import type { Reporter } from '../reporter.js'

export type RowFormat = 'table' | 'csv' | 'json'

/** How a table looks; CSV and JSON have none of it. */
interface RowLayout {
  readonly title: string
  /** What to do about columns that do not fit. */
  readonly more: string
  readonly widest?: number
}

export function printRows(
  reporter: Reporter,
  result: QueryResult,
  format: RowFormat,
  layout: RowLayout,
): void {
  const { title } = layout
  const objects = asObjects(result)
  const text = { table: title, csv: '', json: '' }
  if (format === 'json') text.json = JSON.stringify(objects, null, 2)
  if (format === 'csv') text.csv = stringify(result.columns, result.rows)
  reporter.answer(text[format], 'rows', { title, rows: objects })
  if (format !== 'table') return
  reporter.table({ ...textTable(result), ...layout })
}

/** Without the columns that are NULL in every row. */
export function withoutEmptyColumns(result: QueryResult): QueryResult {
  const kept = result.columns.flatMap((_, index) =>
    result.rows.some(row => row[index] !== null) ? [index] : [],
  )
  return {
    columns: kept.map(index => result.columns[index] ?? ''),
    rows: result.rows.map(row => kept.map(index => row[index] ?? null)),
    rowCount: result.rowCount,
  }
}
