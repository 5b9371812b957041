// Rows of a query on the screen: as a table for the terminal, as CSV or as JSON.

import type { QueryResult } from '../../adapters/driver.js'
import { csvText } from '../csv.js'
import { jsonRows, rowObjects } from '../json_rows.js'
import { textTable } from '../query_rows.js'
import type { Reporter } from '../reporter.js'
import type { TextTable } from '../text_table.js'

export type RowFormat = 'table' | 'csv' | 'json'

/** How a table looks; CSV and JSON have none of it. */
interface RowLayout extends Pick<TextTable, 'widest' | 'turns' | 'more'> {
  readonly title: string
}

export function printRows(
  reporter: Reporter,
  result: QueryResult,
  format: RowFormat,
  { title, ...layout }: RowLayout,
): void {
  if (format !== 'table') {
    reporter.print(format === 'csv' ? csvText(result.columns, result.rows) : `${jsonRows(result)}\n`)
    return
  }
  reporter.answer(title, 'rows', { title, rows: rowObjects(result) })
  reporter.table({ ...textTable(result), ...layout })
}

/** Without the columns that are NULL in every row. */
export function withoutEmptyColumns({ columns, numbers, rows, rowCount }: QueryResult): QueryResult {
  const kept = columns.flatMap((_, index) => (rows.some(row => row[index] !== null) ? [index] : []))
  return {
    columns: kept.map(index => columns[index] ?? ''),
    numbers: kept.flatMap((index, place) => (numbers.includes(index) ? [place] : [])),
    rows: rows.map(row => kept.map(index => row[index] ?? null)),
    rowCount,
  }
}
