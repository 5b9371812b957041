// Rows to CSV as the seed loader reads it: NULL is an empty field, an empty text is "", lines end in \n.

type Cell = string | number | null
export type Row = Readonly<Record<string, Cell>>

/** The file's text. Columns that are NULL in every row are left out; the loader fills them in. */
export function toCsv(columns: readonly string[], rows: readonly Row[]): string {
  const used = columns.filter(column => rows.some(row => cell(row, column) !== null))
  const lines = rows.map(row => used.map(column => field(cell(row, column))).join(','))
  return `${[used.join(','), ...lines].join('\n')}\n`
}

function cell(row: Row, column: string): Cell {
  const value = row[column]
  if (value === undefined) throw new Error(`a row without the column ${column}`)
  return value
}

function field(value: Cell): string {
  if (value === null) return ''
  const text = String(value)
  return text === '' || /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text
}
