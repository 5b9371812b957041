// Unit tests: rows as they are written become rows of the inputs, and what the model makes of them is compared with what is
// expected.

import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import type { Diagnostic } from '../compiler/diagnostics.js'
import type { Project } from '../compiler/project.js'
import { loadProject } from '../compiler/project.js'
import { temporaryProject } from './support.js'
import { customProject, onlyCustom, runUnitTests, shop } from './unit_test_runs.js'

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
      'models/sources.yml': shop['models/sources.yml'],
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
      'models/sources.yml': shop['models/sources.yml'],
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

test('unit tests of a project: the standard model and custom models, with the variables of the project', async () => {
  const { directory } = temporaryProject({
    'seshat.yml': 'name: t\nvars: {start_date: 2024-01-01, heartbeat: 30, minimum_visit_length: 10}\n',
    'models/long_sessions.sql':
      "select s.domain_sessionid, s.start_tstamp from {{ ref('sessions') }} as s where s.engaged_time_in_s > 60",
    'models/tests.yml': `unit_tests:
  - name: our_heartbeat
    model: page_views_measured
    given:
      - input: ref('page_view_events')
        rows: [{page_view_id: p1, domain_sessionid: s1, derived_tstamp: 2024-01-02 10:00:00}]
      - input: ref('page_view_activity')
        rows: [{page_view_id: p1, domain_sessionid: s1, last_ping: 2024-01-02 10:01:00, beats: 2}]
    expect: {rows: [{engaged_time_in_s: 40}]}
  - name: long_ones
    model: long_sessions
    given: [{input: ref('sessions'), rows: [{domain_sessionid: s1, engaged_time_in_s: 60}, {domain_sessionid: s2, engaged_time_in_s: 61}]}]
    expect: {rows: [{domain_sessionid: s2, start_tstamp: null}]}
`,
  })
  assert.deepEqual(await run(loadProject(directory)), { long_ones: [], our_heartbeat: [] })
})
