// Rows of a query on the screen: as a table for the terminal, as CSV or as JSON.

import type { QueryResult } from '../../adapters/driver.js'
import { csvText } from '../csv.js'
import { jsonRows, rowObjects } from '../json_rows.js'
import { cleanRows, onlyColumns, textTable } from '../query_rows.js'
import type { Reporter } from '../reporter.js'
import type { TextTable } from '../text_table.js'

export type RowFormat = 'table' | 'csv' | 'json'

/** How a table looks; CSV and JSON have none of it. */
interface RowLayout extends Pick<TextTable, 'widest' | 'turns' | 'more'> {
  readonly title: string
}

export function printRows(
  reporter: Reporter,
  found: QueryResult,
  format: RowFormat,
  { title, ...layout }: RowLayout,
): void {
  const result = cleanRows(found, reporter.clean)
  if (format !== 'table') {
    reporter.print(format === 'csv' ? csvText(result.columns, result.rows) : `${jsonRows(result)}\n`)
    return
  }
  reporter.answer(title, 'rows', { title, rows: rowObjects(result) })
  reporter.table({ ...textTable(result), ...layout })
}

/** Without the columns that are NULL in every row. */
export const withoutEmptyColumns = (result: QueryResult): QueryResult =>
  onlyColumns(
    result,
    result.columns.flatMap((_, index) => (result.rows.some(row => row[index] !== null) ? [index] : [])),
  )
