// What differs between expected rows and those that came, and how a terminal shows it.

import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { stripVTControlCharacters } from 'node:util'
import { createColors } from 'picocolors'
import { type Difference, differenceOf } from '../compiler/unit_tests/difference.js'
import { renderDifference } from '../compiler/unit_tests/render_difference.js'

describe('unit tests: difference', () => {
  const plain = createColors(false)
  const columns = ['id', 'name', 'total']
  const different = (
    keys: readonly string[],
    expected: Difference['rows'][number]['expected'][],
    got: Difference['rows'][number]['got'][],
  ): Difference => {
    const found = differenceOf(
      columns,
      keys,
      expected.filter(row => row !== null),
      got.filter(row => row !== null),
    )
    assert.ok(found)
    return found
  }

  test('rows are put side by side by their key, else by what they have in common', () => {
    const expected = [
      ['1', 'a', '5'],
      ['2', 'b', '6'],
    ]
    const got = [
      ['2', 'a', '5'],
      ['3', 'b', '6'],
    ]
    assert.deepEqual(different(['id'], expected, got).rows, [
      { expected: ['1', 'a', '5'], got: null },
      { expected: ['2', 'b', '6'], got: ['2', 'a', '5'] },
      { expected: null, got: ['3', 'b', '6'] },
    ])
    assert.deepEqual(different([], expected, got).rows, [
      { expected: ['1', 'a', '5'], got: ['2', 'a', '5'] },
      { expected: ['2', 'b', '6'], got: ['3', 'b', '6'] },
    ])
  })

  test('a table marks the cells that differ by a sign, and tells NULL from nothing', () => {
    const found = different(
      ['id'],
      [
        ['1', 'a', null],
        ['2', '', '6'],
        ['9', 'z', '1'],
      ],
      [
        ['1', 'a', '5'],
        ['2', null, '6'],
        ['9', 'z', '1'],
        ['4', 'null', '0'],
      ],
    )
    assert.deepEqual(renderDifference(found, 80, plain), [
      '          id  name    total',
      'expected  1   a       null',
      'got       1   a       ≠ 5',
      "expected  2   ''      6",
      'got       2   ≠ null  6',
      "extra     4   'null'  0",
      '1 of 3 expected rows are there',
    ])
    const coloured = renderDifference(found, 80, createColors(true))
    assert.match(coloured[2] ?? '', /\u001b\[31m≠ 5\u001b\[39m/)
    assert.deepEqual(coloured.map(stripVTControlCharacters), renderDifference(found, 80, plain))
  })

  const wide = Array.from({ length: 30 }, (_, index) => `column_${index}`)
  const row = (text: string): readonly string[] => wide.map((_, index) => `${text}${index % 2}`)

  test('of a wide table the columns that differ come first, and no line is too wide', () => {
    const got = row('x').map((cell, index) => (index === 29 ? 'y' : cell))
    const found = differenceOf(wide, [], [row('x')], [got])
    assert.ok(found)
    for (const width of [60, 80, 140]) {
      const lines = renderDifference(found, width, plain)
      assert.match(lines[0] ?? '', /column_0 .*column_29$/)
      assert.match(lines[2] ?? '', /≠ y$/)
      assert.ok(
        lines.every(line => line.length <= width),
        lines.join('\n'),
      )
      assert.match(lines.at(-1) ?? '', /^… and \d+ more columns$/)
    }
  })

  test('where too many columns differ for a line, each has a line', () => {
    const found = differenceOf(wide, [], [row('expected ')], [row('got ')])
    assert.ok(found)
    const lines = renderDifference(found, 80, plain)
    assert.equal(lines.length, 32)
    assert.equal(lines[0], '1. different')
    assert.equal(lines[2], '  column_0   expected 0  ≠ got 0')
  })

  test('a long text is shown from somewhat before the place that differs', () => {
    const long = (end: string): string => `${'https://auk.example/a/very/long/path'.repeat(3)}${end}`
    const found = differenceOf(['url'], [], [[long('?a=1')]], [[long('?a=2')]])
    assert.ok(found)
    const shown = different(['id'], [['1', long('?a=1'), '']], [['1', long('?a=2'), '']])
    const lines = renderDifference(shown, 100, plain)
    assert.match(lines[1] ?? '', /…\S*\?a=1/)
    assert.match(lines[2] ?? '', /≠ …\S*\?a=2/)
    assert.ok(lines.every(line => line.length <= 100))
  })
})
