// Tables of text: what fits a terminal of some width, in columns of the screen.

import assert from 'node:assert/strict'
import { test } from 'node:test'
import stringWidth from 'string-width'
import { renderTable } from '../compiler/text_table.js'

const widest = (lines: readonly string[]): number => Math.max(...lines.map(line => stringWidth(line)))

test('table: columns by their width on the screen, numbers to the right, wide characters too', () => {
  const { lines } = renderTable(
    {
      head: ['name', 'n'],
      rows: [
        ['日本語', '7'],
        ['fig', '1234'],
      ],
      right: [1],
      turns: true,
    },
    80,
  )
  assert.deepEqual(lines, ['name       n', '──────  ────', '日本語     7', 'fig     1234'])
})

test('table: a cell that is too long ends in …, between characters', () => {
  const { lines } = renderTable({ head: ['a'], rows: [['ab👨‍👩‍👧日本']], widest: 6 }, 80)
  assert.deepEqual(lines, ['a', '──────', 'ab👨‍👩‍👧…'])
})

test('table: line ends, control characters and turned directions stay out', () => {
  const { lines } = renderTable({ head: ['a'], rows: [['x\n\u001b[31my\u202ez']] }, 80)
  assert.deepEqual(lines.at(-1), 'x  [31my z')
})

test('table: cells are cut before the table is turned', () => {
  const rows = [['x'.repeat(38), 'y'.repeat(38), '2024-01-31 09:15:00']]
  const { lines } = renderTable({ head: ['a', 'b', 'c'], rows, turns: true }, 80)
  assert.deepEqual(lines[2], `${'x'.repeat(27)}…  ${'y'.repeat(27)}…  2024-01-31 09:15:00`)
})

test('table: where columns do not fit, each is a line, and rows stand beside one another', () => {
  const head = ['key', 'first_column', 'second_column', 'third_column', 'empty', 'none']
  const rows = [1, 2, 3].map(row => [`k${row}`, 'a'.repeat(30), `b${row}`, `c${row}`, '·', '·'])
  const { lines, hidden } = renderTable({ head, rows, turns: true }, 66)
  assert.equal(hidden, 0)
  const cut = `${'a'.repeat(23)}…`
  const [line, blank] = ['─'.repeat(24), ' '.repeat(22)]
  assert.deepEqual(lines, [
    `               row 1${' '.repeat(21)}row 2`,
    `─────────────  ${line}  ${line}`,
    `key            k1${blank}  k2`,
    `first_column   ${cut}  ${cut}`,
    `second_column  b1${blank}  b2`,
    `third_column   c1${blank}  c2`,
    '',
    '               row 3',
    `─────────────  ${line}`,
    'key            k3',
    `first_column   ${cut}`,
    'second_column  b3',
    'third_column   c3',
    '',
    '· in every row: empty, none',
  ])
})

for (const width of [80, 140])
  test(`table: at ${width} columns no line is longer, however wide the table`, () => {
    const head = Array.from({ length: 60 }, (_, index) => `a_rather_long_name_of_column_${index}`)
    const rows = Array.from({ length: 10 }, (_, row) => head.map((_, index) => `${'語'.repeat(index)}${row}`))
    const { lines } = renderTable({ head, rows, turns: true }, width)
    assert.ok(widest(lines) <= width)
    for (const name of head)
      assert.ok(
        lines.some(line => line.startsWith(name)),
        name,
      )
    for (let row = 1; row <= 10; row += 1) assert.ok(lines.some(line => line.includes(`row ${row}`)))
  })
