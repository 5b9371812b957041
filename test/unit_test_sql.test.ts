// Rows of unit tests that are written as a select: given, expected and in files, with the same types and the same faults as
// rows that are written out.

import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { type Diagnostic, Faults } from '../compiler/diagnostics.js'
import { customProject, runUnitTests, shop } from './unit_test_runs.js'

const input = `input: "source('shop', 'orders')"`
const run = async (
  tests: string,
  files: Readonly<Record<string, string>> = {},
): Promise<ReadonlyMap<string, readonly Diagnostic[]>> =>
  runUnitTests(customProject({ ...shop, ...files, 'models/tests.yml': `unit_tests:\n${tests}` }))

/** Of the only test: code, message, line and column, the first line of the cause. */
const told = async (
  test: string,
  files: Readonly<Record<string, string>> = {},
): Promise<readonly unknown[]> => {
  const found = await run(test, files).then(
    all => [...all.values()].flat(),
    (cause: unknown) => {
      if (!(cause instanceof Faults)) throw cause
      return cause.diagnostics
    },
  )
  return found.map(({ code, message, at, cause }) => [
    code,
    message,
    `${at?.file}:${at?.line}`,
    cause?.split('\n')[0],
  ])
}
const given = (select: string, more = ''): string => `  - name: a
    model: copy
${more}    given:
      - ${input}
        format: sql
        rows: |
          ${select}
    expect: {rows: [{id: 1}]}
`

describe('unit tests: rows in SQL', () => {
  test('a select, values and a file give the rows that are written out', async () => {
    const found = await run(
      `  - name: selects
    model: copy
    given:
      - ${input}
        format: sql
        rows: |
          select 1 as id, 'anna' as customer, 9.50 as total, true as paid, timestamp '2024-01-02 10:00:00' as at
          union all
          select 2, null, null, null, null
    expect: {rows: [{id: 1, customer: anna, total: 9.50, paid: true, at: 2024-01-02 10:00:00, more: null}, {id: 2}]}
  - name: expects
    model: copy
    given: [{${input}, rows: [{id: 1, total: 2.5}, {id: 3}]}]
    expect:
      format: sql
      rows: |
        select r.id, r.total from (values (3, null), (1, 2.50)) as r (id, total);
  - name: files
    model: copy
    given: [{${input}, format: sql, fixture: orders}]
    expect: {format: sql, fixture: orders}
  - name: differs
    model: copy
    given: [{${input}, format: sql, rows: "select 1 as id, 'anna' as customer"}]
    expect: {format: sql, rows: "select 1 as id, 'otto' as customer"}
  - name: none
    model: copy
    given: [{${input}, format: sql, rows: "select 1 as id where false"}]
    expect: {rows: []}
  - name: clock
    model: copy
    overrides: {now: 2024-01-31 09:15:00}
    given: [{${input}, format: sql, rows: "select 1 as id, current_timestamp as at"}]
    expect: {rows: [{id: 1, at: 2024-01-31 09:15:00}]}
`,
      {
        'tests/fixtures/orders.sql':
          "-- two orders\nselect 1 as id, 'anna' as customer\nunion all\nselect 2, 'otto'\n",
      },
    )
    const failed = [...found].filter(([, faults]) => faults.length > 0)
    assert.deepEqual(
      failed.map(([id, faults]) => [id, faults.map(({ code, difference }) => [code, difference?.rows])]),
      [['differs', [['unit-test-failed', [{ expected: ['1', 'otto'], got: ['1', 'anna'] }]]]]],
    )
  })

  test('a source without declared columns has the types of the select', async () => {
    const found = await run(
      `  - name: a
    model: halves
    given: [{input: "source('raw', 'numbers')", format: sql, rows: "select '7' as n, 7 as m"}]
    expect: {rows: [{n: 7x, m: 3}]}
`,
      {
        'models/halves.sql': "select n.n || 'x' as n, n.m / 2 as m from {{ source('raw', 'numbers') }} as n",
      },
    )
    assert.deepEqual([...found.values()].flat(), [])
  })

  test('faults: each at its line', async () => {
    const file = 'models/tests.yml'
    assert.deepEqual(await told(given('select 1 as id,\n            x as customer')), [
      [
        'bad-rows',
        'the select of these rows ends with an error',
        `${file}:9`,
        'SQLSTATE 42703: column "x" does not exist',
      ],
    ])
    assert.deepEqual(await told(given('select 1 as id;\n          select 2')), [
      ['bad-rows', 'there is more than one statement', `${file}:8`, undefined],
    ])
    assert.deepEqual(await told(given('delete from x')), [
      ['bad-rows', "a statement that begins with 'delete' is no select", `${file}:8`, undefined],
    ])
    assert.deepEqual(await told(given('select 1 as ident')), [
      ['unknown-column', "source('shop', 'orders') has no column 'ident'", `${file}:7`, undefined],
    ])
    assert.deepEqual(await told(given("select 'one' as id")), [
      [
        'bad-row-value',
        "'one' is no integer, which id is",
        `${file}:7`,
        'SQLSTATE 22P02: invalid input syntax for type integer: "one"',
      ],
    ])
    assert.deepEqual(await told(given('select 1 as id, now() as at')), [
      [
        'no-clock',
        'these rows ask for the time, and the unit test does not say what it is',
        `${file}:7`,
        undefined,
      ],
    ])
    assert.deepEqual(await told(`  - {name: a, model: copy, expect: {format: sql, rows: [{id: 1}]}}\n`), [
      ['bad-rows', 'with format sql rows cannot be a list', `${file}:2`, undefined],
    ])
    assert.deepEqual(
      await told(`  - {name: a, model: copy, expect: {format: sql, fixture: order}}\n`, {
        'tests/fixtures/order.csv': 'id\n1\n',
      }),
      [['unknown-fixture', 'there is no file tests/fixtures/order.sql', `${file}:2`, undefined]],
    )
  })
})
