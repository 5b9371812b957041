// Unit tests: rows as they are written become rows of the inputs, what the model makes of them is compared with what is
// expected, and what cannot be is said at its line.

import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { stripVTControlCharacters } from 'node:util'
import { createColors } from 'picocolors'
import type { Diagnostic, Faults } from '../compiler/diagnostics.js'
import type { Project } from '../compiler/project.js'
import { loadProject } from '../compiler/project.js'
import { readsClock, withClock } from '../compiler/unit_tests/clock.js'
import { type Difference, differenceOf } from '../compiler/unit_tests/difference.js'
import { renderDifference } from '../compiler/unit_tests/render_difference.js'
import { temporaryProject } from './support.js'
import { customProject, onlyCustom, runUnitTests } from './unit_test_runs.js'

const orders = `sources:
  - name: shop
    tables:
      - name: orders
        columns:
          - {name: id, type: integer}
          - {name: customer, type: varchar(10)}
          - {name: total, type: 'numeric(10, 2)'}
          - {name: paid, type: boolean}
          - {name: at, type: timestamp}
          - {name: more, type: json}
`
const copyOfOrders =
  "select o.id, o.customer, o.total, o.paid, o.at, o.more from {{ source('shop', 'orders') }} as o"
const shop = { 'models/sources.yml': orders, 'models/copy.sql': copyOfOrders }

/** A test of the model `copy`. */
const copyTest = (name: string, given: string, expected: string): string =>
  `  - {name: ${name}, model: copy, given: [{input: "source('shop', 'orders')", rows: ${given}}], expect: {rows: ${expected}}}\n`

const codes = (
  found: ReadonlyMap<string, readonly Diagnostic[]>,
): Readonly<Record<string, readonly string[]>> =>
  Object.fromEntries([...found].map(([id, diagnostics]) => [id, diagnostics.map(({ code }) => code)]))

const run = async (project: Project) => codes(await runUnitTests(project))

describe('unit tests: rows', () => {
  test('maps, the text of a CSV file and a fixture are the same rows', async () => {
    const input = `input: "source('shop', 'orders')"`
    const project = customProject({
      ...shop,
      'tests/fixtures/two_orders.csv': 'id,customer,total\n1,anna,9.50\n2,,\n',
      'models/tests.yml': `unit_tests:
  - name: maps
    model: copy
    given: [{${input}, rows: [{id: 1, customer: anna, total: 9.50}, {id: 2}]}]
    expect: {rows: [{id: 1, customer: anna, total: 9.50}, {id: 2, customer: null, total: null}]}
  - name: csv
    model: copy
    given:
      - ${input}
        rows: |
          id,customer,total
          1,anna,9.50
          2,,
    expect: {format: csv, rows: "id,customer,total\\n2,,\\n1,anna,9.5"}
  - name: fixture
    model: copy
    given: [{${input}, format: csv, fixture: two_orders}]
    expect: {fixture: two_orders}
`,
    })
    assert.deepEqual(await run(project), { csv: [], fixture: [], maps: [] })
  })

  test('values are compared by their type', async () => {
    const project = customProject({
      ...shop,
      'models/tests.yml': `unit_tests:
${copyTest('numbers', '[{total: 1.10}]', '[{total: 1.1}]')}${copyTest('other_numbers', '[{total: 1.10}]', '[{total: 1.11}]')}${copyTest('whole', '[{id: 30}]', '[{id: 30.0}]')}${copyTest('not_whole', '[{id: 30}]', '[{id: 30.4}]')}${copyTest('times', '[{at: 2024-01-02 00:00:00}]', '[{at: 2024-01-02}]')}${copyTest('other_times', '[{at: 2024-01-02 00:00:00.001}]', '[{at: 2024-01-02}]')}${copyTest('booleans', '[{paid: true}]', '[{paid: "yes"}]')}${copyTest('other_booleans', '[{paid: null}]', '[{paid: false}]')}${copyTest('json', '[{more: {a: 1, b: [x]}}]', `[{more: '{"b": ["x"], "a": 1}'}]`)}${copyTest('other_json', '[{more: [1, 2]}]', '[{more: [2, 1]}]')}${copyTest('texts_as_written', '[{customer: 1.10}]', '[{customer: "1.10"}]')}${copyTest('null_and_nothing', '[{customer: null}]', "[{customer: ''}]")}${copyTest('nothing_and_null', "[{customer: ''}]", '[{customer: null}]')}${copyTest('null_as_text', '[{customer: null}]', "[{customer: 'null'}]")}`,
    })
    const failed = Object.entries(await run(project)).flatMap(([id, found]) => (found.length > 0 ? [id] : []))
    assert.deepEqual(failed, [
      'not_whole',
      'nothing_and_null',
      'null_and_nothing',
      'null_as_text',
      'other_booleans',
      'other_json',
      'other_numbers',
      'other_times',
    ])
  })

  test('floating numbers are equal in the 15 digits that they hold', async () => {
    const project = customProject({
      'models/sum.sql': 'select cast(0.1 as double precision) + cast(0.2 as double precision) as sum',
      'models/tests.yml': `unit_tests:
  - {name: equal, model: sum, expect: {rows: [{sum: 0.3}]}}
  - {name: unequal, model: sum, expect: {rows: [{sum: 0.30000000000001}]}}
`,
    })
    assert.deepEqual(await run(project), { equal: [], unequal: ['unit-test-failed'] })
  })

  test('their order does not matter, their number does', async () => {
    const project = customProject({
      ...shop,
      'models/tests.yml': `unit_tests:
${copyTest('order', '[{id: 1}, {id: 2}]', '[{id: 2}, {id: 1}]')}${copyTest('number', '[{id: 1}, {id: 1}]', '[{id: 1}]')}${copyTest('none', '[]', '[]')}${copyTest('not_none', '[{id: 1}]', '[]')}`,
    })
    const failed = ['unit-test-failed']
    assert.deepEqual(await run(project), { none: [], not_none: failed, number: failed, order: [] })
  })
})

describe('unit tests: what a model reads', () => {
  test('an input that is not given is empty, an ephemeral model is computed unless it is given', async () => {
    const project = customProject({
      'models/sources.yml': orders,
      'models/paid.sql': `{{ config(materialized='ephemeral') }}
select o.id from {{ source('shop', 'orders') }} as o where o.paid`,
      'models/counts.sql': `{{ config(materialized='table') }}
select count(*) as paid, (select count(*) from {{ source('shop', 'orders') }} as o) as orders from {{ ref('paid') }} as p`,
      'models/tests.yml': `unit_tests:
  - {name: empty, model: counts, expect: {rows: [{paid: 0, orders: 0}]}}
  - name: computed
    model: counts
    given: [{input: "source('shop', 'orders')", rows: [{id: 1, paid: true}, {id: 2, paid: false}, {id: 3}]}]
    expect: {rows: [{paid: 1, orders: 3}]}
  - name: given
    model: counts
    given: [{input: ref("paid"), rows: [{id: 7}, {id: 8}]}]
    expect: {rows: [{paid: 2, orders: 0}]}
  - name: itself
    model: paid
    given: [{input: "source('shop', 'orders')", rows: [{id: 1, paid: true}, {id: 2, paid: false}]}]
    expect: {rows: [{id: 1}]}
`,
    })
    assert.deepEqual(await run(project), { computed: [], empty: [], given: [], itself: [] })
  })

  test('types come from selects of models, seeds, and of a source without columns from the rows', async () => {
    const project = customProject({
      'seeds/rates.csv': 'currency,rate\neur,1.5\n',
      'models/base_amounts.sql': `{{ config(materialized='table') }}
select cast(a.amount as integer) as amount, cast(a.day as date) as day from {{ source('pay', 'amounts') }} as a`,
      'models/typed.sql': "select cast(1 as smallint) as n, date '2024-01-01' as day",
      'models/reader.sql': `select t.n / 2 as half, t.day + 1 as next, r.rate * 2 as twice
from {{ ref('typed') }} as t cross join {{ ref('rates') }} as r`,
      'models/tests.yml': `unit_tests:
  - name: by_select_and_seed
    model: reader
    given:
      - {input: ref('typed'), rows: [{n: 3, day: 2024-02-28}]}
      - {input: ref('rates'), rows: [{rate: 1.25}]}
    expect: {rows: [{half: 1, next: 2024-02-29, twice: 2.5}]}
  - name: by_rows
    model: base_amounts
    given: [{input: "source('pay', 'amounts')", rows: [{amount: 12, day: 2024-02-28}]}]
    expect: {rows: [{amount: 12, day: 2024-02-28}]}
`,
    })
    assert.deepEqual(await run(project), { by_rows: [], by_select_and_seed: [] })
  })

  test('an incremental model reads itself as `this`, and is_incremental can be said to be false', async () => {
    const project = customProject({
      'models/sources.yml': orders,
      'models/latest.sql': `{{ config(materialized='incremental', unique_key='id') }}
select o.id, o.total from {{ source('shop', 'orders') }} as o
{% if is_incremental() %}where o.id > (select coalesce(max(t.id), 0) from {{ this }} as t){% endif %}`,
      'models/tests.yml': `unit_tests:
  - name: later_runs
    model: latest
    given: &given
      - {input: "source('shop', 'orders')", rows: [{id: 1, total: 5}, {id: 2, total: 6}]}
      - {input: this, rows: [{id: 1}]}
    expect: {rows: [{id: 2, total: 6}]}
  - name: first_run
    model: latest
    overrides: {macros: {is_incremental: false}}
    given: [{input: "source('shop', 'orders')", rows: [{id: 1, total: 5}, {id: 2, total: 6}]}]
    expect: {rows: [{id: 1}, {id: 2}]}
`,
    })
    assert.deepEqual(await run(project), { first_run: [], later_runs: [] })
  })

  test('variables of the test win, and others keep the values of the project', async () => {
    const project = customProject({
      'seshat.yml': `${onlyCustom}vars: {custom: {low: 1, high: 9}}\n`,
      'models/limits.sql': "select {{ var('low') }} as low, {{ var('high') }} as high",
      'models/tests.yml': `unit_tests:
  - {name: own, model: limits, expect: {rows: [{low: 1, high: 9}]}}
  - {name: other, model: limits, overrides: {vars: {custom: {low: 4}}}, expect: {rows: [{low: 4, high: 9}]}}
`,
    })
    assert.deepEqual(await run(project), { other: [], own: [] })
  })

  test('the time is what the test says that it is', async () => {
    const project = customProject({
      'models/today.sql':
        "select current_date as day, now() - interval '1 hour' as hour_ago, localtimestamp as at",
      'models/tests.yml': `unit_tests:
  - name: now
    model: today
    overrides: {now: 2024-02-29 00:30:00}
    expect: {rows: [{day: 2024-02-29, hour_ago: 2024-02-28 23:30:00+00, at: 2024-02-29 00:30:00}]}
`,
    })
    assert.deepEqual(await run(project), { now: [] })
  })
})

test('clock: only what asks for the time is replaced', () => {
  const time = '2024-01-02 03:04:05'
  assert.equal(
    withClock("select now(), current_timestamp(3) as now, getdate(), e.now, 'now()' -- now()\n", time),
    `select cast('${time}' as timestamptz), cast('${time}' as timestamptz) as now, cast('${time}' as timestamp), e.now, 'now()' -- now()\n`,
  )
  assert.equal(readsClock('select e.current_date, now from now'), false)
})

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

test('unit tests of a project: the standard model and custom models, with the variables of the project', async () => {
  const { directory } = temporaryProject({
    'seshat.yml': 'name: t\nvars: {start_date: 2024-01-01, heartbeat: 30, minimum_visit_length: 10}\n',
    'models/long_sessions.sql':
      "select s.domain_sessionid, s.start_tstamp from {{ ref('sessions') }} as s where s.engaged_time_in_s > 60",
    'models/tests.yml': `unit_tests:
  - name: our_heartbeat
    model: page_views_this_run
    given:
      - input: ref('events_staged')
        rows: |
          event_id,event_name,page_view_id,domain_sessionid,derived_tstamp
          e1,page_view,p1,s1,2024-01-02 10:00:00
          e2,page_ping,p1,s1,2024-01-02 10:00:30
          e3,page_ping,p1,s1,2024-01-02 10:01:00
    expect: {rows: [{engaged_time_in_s: 40}]}
  - name: long_ones
    model: long_sessions
    given: [{input: ref('sessions'), rows: [{domain_sessionid: s1, engaged_time_in_s: 60}, {domain_sessionid: s2, engaged_time_in_s: 61}]}]
    expect: {rows: [{domain_sessionid: s2, start_tstamp: null}]}
`,
  })
  assert.deepEqual(await run(loadProject(directory)), { long_ones: [], our_heartbeat: [] })
})
