// Data tests of sources and seeds without a database: the SQL that they become, settings of tests in seshat.yml, what check
// and the pages say of them, and every slip at its place.

import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { postgresDialect } from '../adapters/postgres/dialect.js'
import { type CompiledPlan, compilePlan } from '../compiler/compile.js'
import { type Diagnostic, Faults } from '../compiler/diagnostics.js'
import { loadProject } from '../compiler/project.js'
import { siteModel } from '../compiler/site/model.js'
import { modulesOff, type TestProject, temporaryProject } from './support.js'

const off = modulesOff('base', 'page_views', 'sessions', 'users')
const files = {
  'seshat.yml': `name: t\n${off}`,
  'seeds/countries.csv': 'code,name\nde,Germany\n',
  'models/paid.sql': "select o.id from {{ source('shop', 'orders') }} as o",
}
const projectWith = (more: Readonly<Record<string, string>>): TestProject =>
  temporaryProject({ ...files, ...more })
const compiled = (more: Readonly<Record<string, string>>): CompiledPlan =>
  compilePlan(loadProject(projectWith(more).directory), {
    dialect: postgresDialect,
    target: 'test',
    select: [],
    exclude: [],
    fullRefresh: false,
    tests: 'data',
  })
const faultsOf = (properties: string, more: Readonly<Record<string, string>> = {}): readonly Diagnostic[] => {
  try {
    compiled({ 'models/p.yml': properties, ...more })
  } catch (cause) {
    if (cause instanceof Faults) return cause.diagnostics
    throw cause
  }
  return []
}
/** Code, message, line and column, hint. */
const told = (faults: readonly Diagnostic[]): readonly unknown[] =>
  faults.map(({ code, message, at, hint }) => [code, message, `${at?.line}:${at?.column}`, hint])
const sqlOf = ({ plan }: CompiledPlan, id: string): string =>
  plan.steps
    .find(step => step.id === id)
    ?.batches.flatMap(({ statements }) => statements.map(({ sql }) => sql))
    .join(';\n') ?? ''
const orders = (columns: string, table = ''): string =>
  `sources:\n  - name: shop\n    tables:\n      - name: orders\n${table}        columns:\n${columns}`

describe('data tests of sources and seeds, compiled', () => {
  test('SQL: a source is read where it is, a seed in its table', () => {
    const plan = compiled({
      'models/p.yml': `${orders('          - {name: id, data_tests: [not_null]}\n', '        identifier: o2\n')}seeds:
  - {name: countries, columns: [{name: code, data_tests: [relationships: {to: "source('shop', 'orders')", field: land}]}]}
`,
    })
    assert.match(
      sqlOf(plan, 'source_not_null_shop_orders_id'),
      /from \(\nselect\n {4}t\.\*\nfrom shop\.o2 as t\nwhere t\.id is null\n\) as f/,
    )
    assert.match(
      sqlOf(plan, 'relationships_countries_code_shop_orders_land'),
      /from derived\.countries as t\nwhere t\.code is not null\n {4}and not exists \(select 1 from shop\.o2 as p where p\.land = t\.code\)/,
    )
  })

  test('order: tests of sources come first, those of seeds behind their load, and all before what reads these', () => {
    const { graph } = compiled({
      'models/p.yml': `${orders('          - {name: id, data_tests: [not_null]}\n')}seeds: [{name: countries, data_tests: [unique: {columns: [code]}]}]\n`,
      'models/lands.sql': "select c.code from {{ ref('countries') }} as c",
    })
    assert.deepEqual(graph.order, [
      'source_not_null_shop_orders_id',
      'countries',
      'unique_countries_code',
      'lands',
      'paid',
    ])
    assert.deepEqual(graph.graph.predecessors('paid'), ['source_not_null_shop_orders_id'])
    assert.deepEqual([...(graph.graph.predecessors('lands') ?? [])].sort(), [
      'countries',
      'unique_countries_code',
    ])
  })

  test('atomic: declared for its tests it stays in input_schema, with the tables that are not declared again', () => {
    const plan = compiled({
      'seshat.yml': 'name: t\nvars: {input_schema: landing, base: {start_date: 2024-01-01}}\n',
      'models/paid.sql': "{{ config(materialized='table') }}\nselect 1 as id",
      'models/p.yml':
        'sources: [{name: atomic, tables: [{name: events, columns: [{name: event_id, data_tests: [not_null]}, {name: mkt_cost, data_type: integer}]}]}]\n',
    })
    assert.match(sqlOf(plan, 'source_not_null_atomic_events_event_id'), /from landing\.events as t/)
  })

  test('slips: each at its place, with the nearest names', () => {
    assert.deepEqual(
      told(faultsOf('seeds:\n  - {name: countris, data_tests: [unique: {columns: [code]}]}\n')),
      [['unknown-seed', 'there is no file countris.csv in seeds', '2:12', "Did you mean 'countries'?"]],
    )
    assert.deepEqual(
      told(
        faultsOf(
          'seeds:\n  - name: countries\n    columns:\n      - {name: cod, data_tests: [unique]}\n  - {name: countries}\n',
        ),
      ),
      [
        ['unknown-column', "'countries' has no column 'cod'", '4:16', "Did you mean 'code'?"],
        [
          'duplicate-properties',
          "the seed 'countries' is described twice",
          '5:12',
          'Make one entry of the two.',
        ],
      ],
    )
    assert.deepEqual(
      told(faultsOf('seeds:\n  - {name: countries, data_tests: [unique: {columns: [code, nam]}]}\n')),
      [['unknown-column', "'countries' has no column 'nam'", '2:54', "Did you mean 'name'?"]],
    )
    const typed =
      '          - {name: id, data_type: integer}\n          - {name: country, type: varchar(2)}\n'
    assert.deepEqual(
      told(faultsOf(orders(typed, '        data_tests:\n          - not_null: {columns: [countri]}\n'))),
      [['unknown-column', "'shop.orders' has no column 'countri'", '6:33', "Did you mean 'country'?"]],
    )
    assert.deepEqual(
      told(
        faultsOf(
          orders(
            `${typed}          - name: land\n            data_tests: [relationships: {to: ref('countries'), field: cods}]\n`,
          ),
        ),
      ),
      [['unknown-column', "'countries' has no column 'cods'", '9:71', "Did you mean 'code'?"]],
    )
    assert.deepEqual(
      told(
        faultsOf(`${orders(typed)}seeds:
  - {name: countries, columns: [{name: code, data_tests: [relationships: {to: "source('shop', 'order')", field: country}]}]}
`),
      ),
      [['unknown-source', "the source 'shop' has no table 'order'", '9:79', "Did you mean 'orders'?"]],
    )
    assert.deepEqual(
      told(
        faultsOf(`${orders(typed)}seeds:
  - {name: countries, columns: [{name: code, data_tests: [relationships: {to: "source('shop', 'orders')", field: land}]}]}
`),
      ).map(fault => (fault as unknown[]).slice(0, 2)),
      [['unknown-column', "'shop.orders' has no column 'land'"]],
    )
    assert.deepEqual(told(faultsOf(`${orders(typed)}      - {name: orders}\n`)), [
      ['duplicate-source', "the source 'shop' has two tables 'orders'", '8:16', 'Make one entry of the two.'],
    ])
    assert.deepEqual(told(faultsOf(orders('          - {name: id, type: integer, data_type: bigint}\n'))), [
      ['bad-value', "'sources.0.tables.0.columns.0.data_type' must be the same as type", '6:50', undefined],
    ])
    assert.deepEqual(
      told(
        faultsOf('sources:\n  - {name: atomic, tables: [{name: events, columns: [{name: mkt_cost}]}]}\n', {
          'models/paid.sql': "select e.event_id from {{ source('atomic', 'events') }} as e",
        }),
      ),
      [
        [
          'untyped-column',
          "the standard model knows no type of 'mkt_cost' in atomic.events",
          '2:61',
          'Add its type: {name: mkt_cost, type: varchar(255)}.',
        ],
      ],
    )
  })

  test('settings of tests in seshat.yml: for all, for a folder over that, and what a test says itself over both', () => {
    const plan = compiled({
      'seshat.yml': `name: t\n${off}data_tests:\n  '.': {severity: warn, tags: all, where: id > 0}\n  shop: {severity: error, limit: 3, tags: shop}\n  nightly: {store_failures: true}\n`,
      'models/shop/p.yml': `${orders('          - {name: id, data_tests: [not_null, unique: {severity: warn, tags: own}]}\n')}`,
      'models/q.yml': 'models: [{name: paid, data_tests: [unique: {columns: [id]}]}]\n',
      'tests/nightly/none.sql': "select p.id from {{ ref('paid') }} as p",
    })
    const configs = Object.fromEntries(
      plan.models.flatMap(({ name, test }) => (test ? [[name, test.config] as const] : [])),
    )
    assert.deepEqual(configs, {
      none: { severity: 'warn', tags: ['all'], where: 'id > 0', store_failures: true },
      source_not_null_shop_orders_id: { severity: 'error', limit: 3, where: 'id > 0', tags: ['all', 'shop'] },
      source_unique_shop_orders_id: {
        severity: 'warn',
        limit: 3,
        where: 'id > 0',
        tags: ['all', 'shop', 'own'],
      },
      unique_paid_id: { severity: 'warn', tags: ['all'], where: 'id > 0' },
    })
    assert.match(sqlOf(plan, 'unique_paid_id'), /and \(id > 0\)/)
    assert.match(sqlOf(plan, 'none'), /create unlogged table scratch\.none[\s\S]*where \(id > 0\)/)
    assert.deepEqual(
      told(
        faultsOf('', {
          'seshat.yml': `name: t\n${off}data_tests: {nightli: {severity: warn}}\n`,
          'tests/nightly/a.sql': 'select 1 as a where false',
        }),
      ),
      [
        [
          'unknown-folder',
          'there is no folder models/nightli or tests/nightli',
          '3:14',
          "Did you mean 'nightly'?",
        ],
      ],
    )
  })

  test("settings in dbt's words: a plus sign is told how it is written here", () => {
    for (const key of ['data_tests', 'models'])
      assert.deepEqual(
        told(faultsOf('', { 'seshat.yml': `name: t\n${off}${key}: {+severity: {warn: true}}\n` })).map(
          fault => (fault as unknown[])[1],
        ),
        [
          `'${key}.+severity' is no name for this: it must be a folder, or '.' for all of them: '.': {key: value}`,
        ],
      )
  })

  test('pages: a source that nobody reads has one, with columns and tests; a seed has those of its file', () => {
    const plan = compiled({
      'models/p.yml': `sources:
  - name: shop
    tables:
      - {name: orders}
      - name: items
        description: What was bought.
        columns:
          - {name: sku, data_type: varchar(20), description: The article., data_tests: [unique]}
      - {name: nobody, description: Not read yet.}
seeds:
  - name: countries
    description: Countries by code.
    columns: [{name: code, description: Two letters., data_tests: [not_null]}]
`,
    })
    const site = siteModel({
      compiled: new Map([['postgres', plan]]),
      lineage: undefined,
      lastRun: undefined,
    })
    const entry = (id: string): unknown => {
      const found = site.entries.find(other => other.id === id)
      return [
        found?.description,
        found?.columns.map(({ name, type, description }) => [name, type, description]),
        found?.tests,
        found?.readBy,
      ]
    }
    assert.deepEqual(entry('shop.items'), [
      'What was bought.',
      [['sku', 'varchar(20)', 'The article.']],
      ['source_unique_shop_items_sku'],
      [],
    ])
    assert.deepEqual(entry('shop.nobody'), ['Not read yet.', [], [], []])
    assert.deepEqual(entry('shop.orders'), [undefined, [], [], ['paid']])
    assert.deepEqual(entry('countries'), [
      'Countries by code.',
      [
        ['code', 'varchar(65535)', 'Two letters.'],
        ['name', 'varchar(65535)', undefined],
      ],
      ['not_null_countries_code'],
      [],
    ])
  })

  test('check: types them where columns are known, and says so where nobody has declared them', async () => {
    const typed = orders(`          - {name: id, data_type: integer, data_tests: [expression: "> 'x'"]}\n`)
    const wrong = await projectWith({ 'models/p.yml': typed }).seshat('check')
    assert.equal(wrong.code, 2, wrong.stdout + wrong.stderr)
    assert.match(wrong.stdout + wrong.stderr, /models\/p\.yml:6:\d+/)
    const untyped = await projectWith({
      'models/p.yml': orders(
        '          - {name: id, data_tests: [not_null]}\n          - {name: at, data_type: timestamp}\n',
      ),
    }).seshat('check')
    assert.equal(untyped.code, 0, untyped.stdout + untyped.stderr)
    assert.match(
      untyped.stdout + untyped.stderr,
      /nobody has declared the columns of the source shop\.orders/,
    )
  })
})
