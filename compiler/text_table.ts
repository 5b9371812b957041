// Rows of text as a table for a terminal: columns aligned by their width on the screen, numbers to the right.

import stringWidth from 'string-width'

export interface TextTable {
  readonly head: readonly string[]
  readonly rows: readonly (readonly string[])[]
  /** Indexes of columns that are aligned to the right. */
  readonly right?: readonly number[]
  /** Longer cells are cut; 40 columns of the screen by default. */
  readonly widest?: number
  /** What to do about columns that do not fit. */
  readonly more?: string
}

const gap = '  '

/** A line per row under a head and a rule; no line is longer than `width`, columns that do not fit are left out. */
export function renderTable(
  table: TextTable,
  width: number,
): { readonly lines: readonly string[]; readonly hidden: number } {
  const cells = [table.head, ...table.rows].map(row => row.map(oneLine))
  const widths = table.head.map((_, column) =>
    Math.min(table.widest ?? widestCell, Math.max(1, ...cells.map(row => stringWidth(row[column] ?? '')))),
  )
  const shown = fittingColumns(widths, width)
  const line = (row: readonly string[]): string =>
    row
      .slice(0, shown)
      .map((cell, column) => pad(cell, widths[column] ?? 0, table.right?.includes(column) ?? false))
      .join(gap)
      .trimEnd()
  const rule = widths
    .slice(0, shown)
    .map(columns => '─'.repeat(columns))
    .join(gap)
  const [head = [], ...rows] = cells
  return { lines: [line(head), rule, ...rows.map(line)], hidden: table.head.length - shown }
}

const widestCell = 40

function fittingColumns(widths: readonly number[], width: number): number {
  let used = 0
  for (const [index, columns] of widths.entries()) {
    used += columns + (index === 0 ? 0 : gap.length)
    if (used > width) return Math.max(1, index)
  }
  return widths.length
}

const oneLine = (text: string): string => text.replaceAll(/[\u0000-\u001f\u007f-\u009f]/g, ' ')

function pad(text: string, width: number, right: boolean): string {
  const cut = cutTo(text, width)
  const blanks = ' '.repeat(width - stringWidth(cut))
  return right ? blanks + cut : cut + blanks
}

function cutTo(text: string, width: number): string {
  if (stringWidth(text) <= width) return text
  let cut = ''
  for (const character of text) {
    if (stringWidth(cut + character) > width - 1) break
    cut += character
  }
  return `${cut}…`
}
