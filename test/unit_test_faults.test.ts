// What cannot be in a unit test, said at its line with what to do.

import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import type { Diagnostic, Faults } from '../compiler/diagnostics.js'
import { customProject, runUnitTests, shop } from './unit_test_runs.js'

/** A fault as `code line: hint`. */
const told = ({ code, at, hint = '' }: Diagnostic): string => `${code} ${at?.line}: ${hint}`

describe('unit tests: faults', () => {
  const prepared = (
    tests: string,
    files: Readonly<Record<string, string>> = {},
  ): Promise<readonly string[]> => {
    const text = `unit_tests:\n${tests}`
    try {
      const project = customProject({ ...shop, ...files, 'models/tests.yml': text })
      return runUnitTests(project).then(
        found => [...found.values()].flat().map(told),
        cause => (cause as Faults).diagnostics.map(told),
      )
    } catch (cause) {
      return Promise.resolve((cause as Faults).diagnostics.map(told))
    }
  }
  const cases: readonly (readonly [what: string, tests: string, fault: string])[] = [
    [
      'a key that is misspelt',
      '  - {name: a, modle: copy, expect: {rows: []}}',
      "unknown-key 2: Did you mean 'model'?",
    ],
    [
      'a model that is not there',
      '  - name: a\n    model: copi\n    expect: {rows: []}',
      "unknown-model 3: Did you mean 'copy'?",
    ],
    [
      'a name that is taken',
      '  - {name: copy, model: copy, expect: {rows: []}}',
      'duplicate-unit-test 2: Give the unit test another name.',
    ],
    [
      'an input that is not there',
      "  - name: a\n    model: copy\n    given:\n      - {input: \"source('shop', 'order')\", rows: []}\n    expect: {rows: []}",
      "unknown-input 5: Did you mean 'source('shop', 'orders')'?",
    ],
    [
      'a column that is not there',
      "  - name: a\n    model: copy\n    given:\n      - input: source('shop', 'orders')\n        rows:\n          - {id: 1, custmer: anna}\n    expect: {rows: []}",
      "unknown-column 7: Did you mean 'customer'?",
    ],
    [
      'an expected column that is not there',
      '  - name: a\n    model: copy\n    expect: {rows: [{ide: 1}]}',
      "unknown-column 4: Did you mean 'id'?",
    ],
    [
      'a value of another type',
      "  - name: a\n    model: copy\n    given:\n      - input: source('shop', 'orders')\n        rows:\n          - {id: 1}\n          - {id: one}\n    expect: {rows: []}",
      'bad-row-value 8: ',
    ],
    [
      'an expected value of another type',
      '  - name: a\n    model: copy\n    expect:\n      rows: [{at: soon}]',
      'bad-row-value 5: ',
    ],
    [
      'a value that is too long',
      "  - name: a\n    model: copy\n    given:\n      - input: source('shop', 'orders')\n        rows: |\n          id,customer\n          1,anna\n          2,annabelle of the shop\n    expect: {rows: []}",
      'bad-row-value 9: Shorten it.',
    ],
    [
      'a row with too many values',
      "  - name: a\n    model: copy\n    given:\n      - input: source('shop', 'orders')\n        rows: |\n          id,customer\n          1,anna,bert\n    expect: {rows: []}",
      'bad-rows 8: A value with a comma in it stands in quotes: "a,b".',
    ],
    [
      'a text that is no CSV',
      "  - name: a\n    model: copy\n    given:\n      - input: source('shop', 'orders')\n        rows: |\n          id,customer\n          1,\"anna\n    expect: {rows: []}",
      'bad-rows 8: A value with a quote in it stands in quotes, the quote doubled: "a ""b"" c".',
    ],
    [
      'a fixture that is not there',
      '  - {name: a, model: copy, expect: {fixture: rows}}',
      'unknown-fixture 2: Put the file into tests/fixtures/.',
    ],
    [
      'a fixture outside of its folder',
      '  - {name: a, model: copy, expect: {fixture: ../../seshat}}',
      'unknown-fixture 2: Put the file into tests/fixtures/.',
    ],
    [
      'rows in no format',
      '  - {name: a, model: copy, expect: {format: csv, rows: []}}',
      'bad-rows 2: Write format: dict, or leave it out.',
    ],
    ['no rows at all', '  - {name: a, model: copy, expect: {}}', 'bad-rows 2: Write rows: [] for none.'],
    [
      'a variable that is not there',
      '  - {name: a, model: copy, overrides: {vars: {entropi: x}}, expect: {rows: []}}',
      "unknown-variable 2: Did you mean 'entropy'? Variables of your own models go under 'vars: {custom: {...}}'.",
    ],
  ]
  for (const [what, tests, fault] of cases)
    test(`${what}: said at its line, with what to do`, async () => {
      assert.deepEqual(await prepared(tests), [fault])
    })

  test('a model that asks for the time wants to be told it', async () => {
    const files = { 'models/today.sql': 'select current_date as day' }
    assert.deepEqual(await prepared('  - {name: a, model: today, expect: {rows: []}}', files), [
      'no-clock 2: Add overrides: {now: 2024-01-31 09:15:00}, in UTC.',
    ])
  })

  test('a select that ends with an error: the model, the test and what the server said', async () => {
    const project = customProject({
      'models/ratio.sql': "select 1 / n.n as ratio from {{ ref('numbers') }} as n",
      'models/numbers.sql': 'select 1 as n',
      'models/tests.yml': `unit_tests:\n  - {name: zero, model: ratio, given: [{input: ref('numbers'), rows: [{n: 0}]}], expect: {rows: []}}\n`,
    })
    const [fault, ...more] = (await runUnitTests(project)).get('zero') ?? []
    assert.deepEqual([fault?.code, fault?.at?.file, more], ['unit-test-broken', 'models/ratio.sql', []])
    assert.equal(fault?.related?.[0]?.at.file, 'models/tests.yml')
    assert.match(fault?.cause ?? '', /division by zero/)
  })

  test('an input whose columns nobody knows: the source has to be declared', async () => {
    const files = { 'models/raw.sql': "select r.a from {{ source('raw', 'rows') }} as r" }
    assert.deepEqual(await prepared('  - {name: a, model: raw, expect: {rows: []}}', files), [
      'untyped-input 2: Declare its columns under sources, or give rows of it.',
    ])
  })

  test('a test of a model that is switched off is left out', async () => {
    const off = { 'models/gone.sql': '{{ config(enabled=false) }} select 1 as a' }
    assert.deepEqual(
      await prepared(
        '  - {name: a, model: gone, expect: {rows: []}}\n  - {name: b, model: copy, expect: {rows: []}}',
        off,
      ),
      [],
    )
  })
})
