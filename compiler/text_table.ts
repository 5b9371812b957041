// Rows of text as a table for a terminal: columns aligned by their width on the screen, numbers to the right. Where the columns do
// not fit, the table can be turned: a line per column, and the rows beside one another, as many as fit, then the next ones.

import stringWidth from 'string-width'

export interface TextTable {
  readonly head: readonly string[]
  readonly rows: readonly (readonly string[])[]
  /** Indexes of columns that are aligned to the right. */
  readonly right?: readonly number[]
  /** Longer cells are cut; 40 columns of the screen by default. */
  readonly widest?: number
  /** Turned where its columns do not fit; else those that do not fit are left out. */
  readonly turns?: boolean
  /** What to do about columns that are left out. */
  readonly more?: string
}

export interface RenderedTable {
  readonly lines: readonly string[]
  /** How many columns were left out. */
  readonly hidden: number
}

/** `12,458`. */
export const withCommas = (count: number): string => String(count).replace(/\B(?=(\d{3})+$)/g, ',')

/** What stands for NULL. */
export const nullCell = '·'
const gap = '  '
const widestCell = 40
/** Cells are cut this short before a table is turned: a time and a session id can still be told apart. */
const cutWidths = [widestCell, 28, 20]
/** Of a turned table: the longest name of a column, and the least that the longest cells get. */
const widestName = 32
const turnedCell = 24

/** A line per row under a head and a rule; no line is longer than `width`. */
export function renderTable(table: TextTable, width: number): RenderedTable {
  const cells = [table.head, ...table.rows].map(row => row.map(oneLine))
  const whole = { ...table, head: cells[0] ?? [], rows: cells.slice(1) }
  if (!table.turns) return renderGrid(whole, widthsOf(whole, table.widest ?? widestCell, 0), width)
  for (const widest of cutWidths) {
    const widths = widthsOf(whole, widest, widestName)
    if (fittingColumns(widths, width) === widths.length) return renderGrid(whole, widths, width)
  }
  return { lines: renderTurned(whole, width), hidden: 0 }
}

/** @param head the longest name of a column that is not cut */
const widthsOf = ({ head, rows }: TextTable, widest: number, longestHead: number): readonly number[] =>
  head.map((name, column) => {
    const own = stringWidth(name)
    const all = Math.max(1, own, ...rows.map(row => stringWidth(row[column] ?? '')))
    return Math.min(all, Math.max(widest, Math.min(own, longestHead)))
  })

function renderGrid(table: TextTable, widths: readonly number[], width: number): RenderedTable {
  const shown = fittingColumns(widths, width)
  const line = (row: readonly string[]): string =>
    row
      .slice(0, shown)
      .map((cell, column) => pad(cell, Math.min(widths[column] ?? 0, width), table.right?.includes(column)))
      .join(gap)
      .trimEnd()
  const rule = widths.slice(0, shown).map(columns => '─'.repeat(Math.min(columns, width)))
  return {
    lines: [line(table.head), rule.join(gap), ...table.rows.map(line)],
    hidden: table.head.length - shown,
  }
}

/** A line per column of the table; rows beside one another under their numbers. What is NULL in all rows is only named. */
function renderTurned(whole: TextTable, width: number): readonly string[] {
  const isEmpty = (column: number): boolean => whole.rows.every(row => row[column] === nullCell)
  const kept = whole.head.flatMap((_, column) => (isEmpty(column) ? [] : [column]))
  const empty = whole.head.filter((_, column) => isEmpty(column))
  const only = (row: readonly string[]): readonly string[] => kept.map(column => row[column] ?? '')
  const lines =
    kept.length === 0 ? [] : turnedPages({ head: only(whole.head), rows: whole.rows.map(only) }, width)
  if (empty.length === 0) return lines
  const named = wrapped(`${nullCell} in every row: ${empty.join(', ')}`, width)
  return lines.length === 0 ? named : [...lines, '', ...named]
}

function turnedPages({ head, rows }: TextTable, width: number): readonly string[] {
  const names = Math.min(widestName, Math.max(...head.map(name => stringWidth(name))))
  const room = Math.max(1, width - names - gap.length)
  const beside = Math.max(
    1,
    Math.min(rows.length, Math.floor((room + gap.length) / (turnedCell + gap.length))),
  )
  const widest = Math.floor((room + gap.length) / beside) - gap.length
  const widths = rows.map((row, index) =>
    Math.min(widest, Math.max(rowName(index).length, ...row.map(cell => stringWidth(cell)))),
  )
  const pages: string[][] = []
  for (let start = 0; start < rows.length; ) {
    const fits = Math.max(1, fittingColumns(widths.slice(start), room))
    const page = { head: [''], rows: head.map(name => [name]) }
    for (let index = start; index < start + fits; index += 1) {
      page.head.push(rowName(index))
      for (const [column, cells] of page.rows.entries()) cells.push(rows[index]?.[column] ?? '')
    }
    pages.push([...renderGrid(page, [names, ...widths.slice(start, start + fits)], width).lines])
    start += fits
  }
  return pages.flatMap((page, index) => (index === 0 ? page : ['', ...page]))
}

const rowName = (index: number): string => `row ${index + 1}`

function fittingColumns(widths: readonly number[], width: number): number {
  let used = 0
  for (const [index, columns] of widths.entries()) {
    used += columns + (index === 0 ? 0 : gap.length)
    if (used > width) return Math.max(1, index)
  }
  return widths.length
}

/** Control characters, and those that turn the direction of a line, would do to the table what their author likes. */
const oneLine = (text: string): string =>
  text.replaceAll(/[\u0000-\u001f\u007f-\u009f\u2028-\u202e\u2066-\u2069]/g, ' ')

function pad(text: string, width: number, right = false): string {
  const cut = cutTo(text, width)
  const blanks = ' '.repeat(Math.max(0, width - stringWidth(cut)))
  return right ? blanks + cut : cut + blanks
}

/** A text in lines of at most this many characters, broken between words. */
export function wrapped(text: string, width: number): readonly string[] {
  const lines: string[] = []
  for (const word of text.split(' ')) {
    const longer = `${lines.at(-1)} ${word}`
    if (lines.length > 0 && longer.length <= width) lines[lines.length - 1] = longer
    else lines.push(word)
  }
  return lines
}

function cutTo(text: string, width: number): string {
  if (stringWidth(text) <= width) return text
  let cut = ''
  let used = 0
  const graphemes = new Intl.Segmenter('en', { granularity: 'grapheme' })
  for (const { segment } of graphemes.segment(text)) {
    used += stringWidth(segment)
    if (used > width - 1) break
    cut += segment
  }
  return `${cut}…`
}
