// Difference -> lines for a terminal: the rows that are not as expected, side by side with those that came instead. Cells that
// differ are marked by colour and by a sign, and a row that is too wide is turned into a list of its columns.

import type { Colors } from 'picocolors/types.js'
import stringWidth from 'string-width'
import type { ComparedRow, Difference, DifferentRow } from './difference.js'

const sign = '≠ '
const gap = '  '
const mostRows = 20
const widestCell = 32

interface Part {
  readonly text: string
  readonly tint?: (text: string) => string
}
/** The first part is the label. */
type Line = readonly Part[]

/** No line is wider than `width`, but for one with a single cell that is. */
export function renderDifference(difference: Difference, width: number, colors: Colors): readonly string[] {
  const rows = difference.rows.slice(0, mostRows)
  const telling = tellingColumns(difference, rows)
  const flat = [headLine(difference, telling, colors), ...rows.flatMap(row => rowLines(row, telling, colors))]
  const isFlat = widthOf(flat) <= width
  const shown = isFlat ? withOthers(difference, rows, telling, width, colors) : telling
  const lines = isFlat
    ? laidOut([headLine(difference, shown, colors), ...rows.flatMap(row => rowLines(row, shown, colors))])
    : rows.flatMap((row, index) => listed(difference, row, index, width, colors))
  const hidden = isFlat ? difference.columns.length - shown.length : 0
  const more = difference.rows.length - rows.length
  const notes = [
    ...(more > 0 ? [`… and ${more} more ${more === 1 ? 'row' : 'rows'}`] : []),
    ...(hidden > 0 ? [`… and ${hidden} more ${hidden === 1 ? 'column' : 'columns'}`] : []),
    ...(difference.equal > 0
      ? [`${difference.equal} of ${difference.expected} expected rows are there`]
      : []),
  ]
  return [...lines, ...notes.map(note => colors.dim(note))]
}

/** Positions of keys and of columns that differ; where no row has a partner, of all that are not NULL everywhere. */
function tellingColumns({ columns, keys }: Difference, rows: readonly DifferentRow[]): readonly number[] {
  const pairs = rows.filter(({ expected, got }) => expected && got)
  return columns.flatMap((name, index) => {
    const differs = pairs.some(({ expected, got }) => expected?.[index] !== got?.[index])
    const isThere = rows.some(({ expected, got }) => (expected ?? got)?.[index] !== null)
    return keys.includes(name) || differs || (pairs.length === 0 && isThere) ? [index] : []
  })
}

/** As many other columns as there is room for, the first ones first. */
function withOthers(
  difference: Difference,
  rows: readonly DifferentRow[],
  telling: readonly number[],
  width: number,
  colors: Colors,
): readonly number[] {
  let shown = telling
  for (const index of difference.columns.keys()) {
    if (shown.includes(index)) continue
    const wider = [...shown, index].sort((a, b) => a - b)
    const lines = [headLine(difference, wider, colors), ...rows.flatMap(row => rowLines(row, wider, colors))]
    if (widthOf(lines) > width) break
    shown = wider
  }
  return shown
}

const headLine = ({ columns }: Difference, shown: readonly number[], { dim }: Colors): Line => [
  { text: '' },
  ...shown.map(index => ({ text: columns[index] ?? '', tint: dim })),
]

function rowLines(
  { expected, got }: DifferentRow,
  shown: readonly number[],
  colors: Colors,
): readonly Line[] {
  const whole = (label: string, row: ComparedRow, tint: Part['tint']): Line => [
    { text: label, ...(tint && { tint }) },
    ...shown.map(index => ({ text: cut(written(row[index] ?? null), widestCell) })),
  ]
  if (!expected) return got ? [whole('extra', got, colors.red)] : []
  if (!got) return [whole('missing', expected, colors.red)]
  const cells = shown.map(index => cellPair(expected[index] ?? null, got[index] ?? null, widestCell, colors))
  return [
    [{ text: 'expected' }, ...cells.map(([wanted]) => wanted)],
    [{ text: 'got' }, ...cells.map(([, found]) => found)],
  ]
}

/** A row as a list: a line for each column that differs, or that a row without a partner has. */
function listed(
  { columns, keys }: Difference,
  { expected, got }: DifferentRow,
  number: number,
  width: number,
  colors: Colors,
): readonly string[] {
  const row = expected ?? got ?? []
  const name = keys.map(key => `${key} ${written(row[columns.indexOf(key)] ?? null)}`).join(', ')
  const label = expected && got ? 'different' : expected ? 'missing' : 'extra'
  const head = `${number + 1}. ${colors.red(label)}${name === '' ? '' : `: ${name}`}`
  const wanted = columns.flatMap((column, index) => {
    const isTold =
      expected && got ? expected[index] !== got[index] : row[index] !== null && !keys.includes(column)
    return isTold ? [{ column, index }] : []
  })
  const longest = Math.max(0, ...wanted.map(({ column }) => column.length))
  const room = Math.max(12, Math.floor((width - longest - 8) / 2))
  const lines = wanted.map(({ column, index }): Line => {
    if (!expected || !got)
      return [{ text: `  ${column}`, tint: colors.dim }, { text: cut(written(row[index] ?? null), 2 * room) }]
    const [left, right] = cellPair(expected[index] ?? null, got[index] ?? null, room, colors)
    return [{ text: `  ${column}`, tint: colors.dim }, left, right]
  })
  const titles: Line = [{ text: '' }, { text: 'expected' }, { text: 'got' }]
  return [head, ...laidOut(expected && got ? [titles, ...lines] : lines)]
}

/** Two cells, of which the second is marked where they differ. */
function cellPair(
  expected: string | null,
  got: string | null,
  room: number,
  colors: Colors,
): readonly [Part, Part] {
  const [wanted, found] = [written(expected), written(got)]
  if (expected === got) return [{ text: cut(wanted, room) }, { text: cut(found, room) }]
  const from = firstDifference(wanted, found)
  return [
    { text: cut(wanted, room, from), tint: colors.green },
    { text: sign + cut(found, room - sign.length, from), tint: colors.red },
  ]
}

/** NULL and the texts '' and 'null' are three things. */
function written(value: string | null): string {
  if (value === null) return 'null'
  const text = value.replaceAll(/[\u0000-\u001f\u007f-\u009f]/g, '\ufffd')
  return text.trim() !== text || text === '' || text === 'null' ? `'${text}'` : text
}

function firstDifference(a: string, b: string): number {
  const [left, right] = [[...a], [...b]]
  const found = left.findIndex((character, index) => character !== right[index])
  return found === -1 ? left.length : found
}

/** At most so many columns of a text; a longer one is shown from somewhat before the place that matters. */
function cut(text: string, room: number, from = 0): string {
  if (stringWidth(text) <= room) return text
  const characters = [...text]
  const start =
    from < room - 4 ? 0 : Math.max(0, Math.min(from - Math.floor(room / 3), characters.length - room + 2))
  let shown = start > 0 ? '…' : ''
  for (const character of characters.slice(start)) {
    if (stringWidth(shown + character) > room - 1) return `${shown}…`
    shown += character
  }
  return shown
}

const columnWidths = (lines: readonly Line[]): readonly number[] =>
  Array.from({ length: Math.max(0, ...lines.map(line => line.length)) }, (_, index) =>
    Math.max(0, ...lines.map(line => stringWidth(line[index]?.text ?? ''))),
  )

const widthOf = (lines: readonly Line[]): number =>
  columnWidths(lines).reduce((sum, width, index) => sum + width + (index === 0 ? 0 : gap.length), 0)

function laidOut(lines: readonly Line[]): readonly string[] {
  const widths = columnWidths(lines)
  return lines.map(line =>
    line
      .map(({ text, tint }, index) => {
        const blanks = ' '.repeat(index === line.length - 1 ? 0 : (widths[index] ?? 0) - stringWidth(text))
        return (tint ? tint(text) : text) + blanks
      })
      .join(gap)
      .trimEnd(),
  )
}
