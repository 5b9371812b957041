// Data tests of sources and seeds as users write them, through the command line on a real database: what each finds, what a
// failing one holds up in a build, and how they are selected.

import assert from 'node:assert/strict'
import { after, before, beforeEach, describe, test } from 'node:test'
import type { CommandResult } from './command_line.js'
import { foundBy, story } from './run_results.js'
import {
  modulesOff,
  openTestDatabase,
  type TestDatabase,
  type TestProject,
  temporaryProject,
} from './support.js'

const off = modulesOff('base', 'page_views', 'sessions', 'users')
const files = {
  'seeds/countries.csv': 'code,name\nde,Germany\nfr,France\n',
  'models/paid.sql':
    "{{ config(materialized='table') }}\nselect o.id, o.country from {{ source('shop', 'orders') }} as o where o.status = 'paid'",
  'models/of_countries.sql':
    "{{ config(materialized='table') }}\nselect c.code from {{ ref('countries') }} as c",
  'models/by_country.sql': `{{ config(materialized='table') }}
select p.id, c.code from {{ ref('paid') }} as p inner join {{ ref('of_countries') }} as c on c.code = p.country`,
  'models/other.sql':
    "{{ config(materialized='table') }}\nselect i.sku from {{ source('shop', 'items') }} as i",
}
const sources = (ofOrders: string): string => `sources:
  - name: shop
    schema: raw
    tables:
      - {name: items}
      - name: orders
        identifier: orders_v2
${ofOrders}`

describe('data tests of sources and seeds', () => {
  let database: TestDatabase
  let project: TestProject
  before(async () => {
    database = await openTestDatabase()
  })
  after(() => database.close())
  beforeEach(async () => {
    for (const schema of ['scratch', 'derived', 'raw', 'failing', 'atomic'])
      await database.query(`drop schema if exists ${schema} cascade`)
    await database.query('create schema raw')
    await database.query('create table raw.items (sku varchar)')
    await database.query('create table raw.orders_v2 (id integer, status varchar, country varchar)')
    await database.query(`insert into raw.orders_v2 values
        (1, 'paid', 'de'), (2, 'paid', 'xx'), (2, 'new', 'fr'), (null, 'odd', null), (5, 'new', 'yy')`)
  })
  const use = (properties: string, more: Readonly<Record<string, string>> = {}): void => {
    project = temporaryProject({
      'seshat.yml': `name: t\nprofile: test\n${off}`,
      'profiles.yml': database.profiles,
      'models/properties.yml': properties,
      ...files,
      ...more,
    })
  }
  const seshat = async (code: number, ...words: readonly string[]): Promise<CommandResult> => {
    const result = await project.seshat(...words)
    assert.equal(result.code, code, result.stdout + result.stderr)
    return result
  }

  test('every test of YAML: finds the rows of a source and of a seed that fail it, and no others', async () => {
    use(
      `${sources(`        data_tests:
          - expression: {name: few_ids, expression: id < 2, where: status <> 'odd', limit: 1, store_failures: true, schema: failing}
          - unique: {columns: [id, status]}
        columns:
          - name: id
            tests: [unique, not_null: {severity: warn}]
          - name: status
            data_tests: [accepted_values: {values: [new, paid]}]
          - name: country
            data_tests:
              - relationships: {to: ref('countries'), field: code}
`)}seeds:
  - name: countries
    data_tests: [expression: "name <> 'France'"]
    columns:
      - name: code
        data_tests:
          - unique
          - not_null
          - relationships: {to: "source('shop', 'orders')", field: country}
`,
    )
    await seshat(0, 'seed')
    const { stderr } = await seshat(1, 'test')
    assert.deepEqual(foundBy(project), [
      'error expression_countries_name_ne_France 1',
      'error few_ids 3', // 2, 2 and 5
      'success not_null_countries_code 0',
      'success relationships_countries_code_shop_orders_country 0',
      'error source_accepted_values_shop_orders_status 1', // odd
      'success source_not_null_shop_orders_id 1', // which only warns
      'error source_relationships_shop_orders_country_countries_code 2', // xx and yy
      'error source_unique_shop_orders_id 1', // 2 stands twice
      'success source_unique_shop_orders_id_status 0',
      'success unique_countries_code 0',
    ])
    assert.match(
      stderr,
      /few_ids: 3 rows of shop\.orders do not meet: id < 2\n {2}= They are in failing\.few_ids/,
    )
    assert.match(stderr, /2 rows of shop\.orders have a country that is not in countries\.code/)
    assert.deepEqual(await database.query('select count(*) from failing.few_ids'), [[1]])
  })

  test('build: a failing test of a source skips what reads it, one of a seed what reads that, and no more', async () => {
    use(`${sources('        columns: [{name: id, data_tests: [unique]}]\n')}`)
    await seshat(1, 'build')
    assert.deepEqual([...story(project)].sort(), [
      'error source_unique_shop_orders_id',
      'skipped by_country',
      'skipped paid',
      'success countries',
      'success of_countries',
      'success other',
    ])
    use(
      'seeds: [{name: countries, columns: [{name: code, data_tests: [accepted_values: {values: [de]}]}]}]\n',
      {
        'models/sources.yml': sources(''),
      },
    )
    await seshat(1, 'build')
    assert.deepEqual([...story(project)].sort(), [
      'error accepted_values_countries_code',
      'skipped by_country',
      'skipped of_countries',
      'success countries',
      'success other',
      'success paid',
    ])
    use(
      sources(
        "        columns: [{name: country, data_tests: [relationships: {to: ref('countries'), field: code}]}]\n",
      ),
    )
    await seshat(1, 'build')
    assert.deepEqual(
      story(project).filter(line => !line.startsWith('success')),
      ['error source_relationships_shop_orders_country_countries_code', 'skipped by_country'],
    )
    use(sources('        columns: [{name: id, data_tests: [unique: {severity: warn}]}]\n'))
    await seshat(0, 'build')
  })

  test('selecting: test takes those of a source alone, with + those behind it too, and those of a seed by its name', async () => {
    use(`${sources('        columns: [{name: id, data_tests: [not_null: {severity: warn}]}]\n')}models:
  - {name: paid, columns: [{name: id, data_tests: [not_null]}]}
seeds:
  - {name: countries, columns: [{name: code, data_tests: [unique]}]}
`)
    await seshat(0, 'build')
    const tested = async (...words: readonly string[]): Promise<readonly string[]> => {
      await seshat(0, 'test', '--select', ...words)
      return foundBy(project).map(line => line.split(' ')[1] ?? '')
    }
    const ofSource = 'source_not_null_shop_orders_id'
    assert.deepEqual(await tested('source:shop'), [ofSource])
    assert.deepEqual(await tested('source:shop.orders'), [ofSource])
    assert.deepEqual(await tested('source:shop+'), ['not_null_paid_id', ofSource])
    assert.deepEqual(await tested('countries'), ['unique_countries_code'])
    assert.deepEqual(await tested(ofSource), [ofSource])
    const { stderr } = await seshat(2, 'test', '--select', 'source:shop.items')
    assert.match(stderr, /'source:shop\.items' has no data tests of its own\n {2}= .*source:shop\.items\+/)
    const { stdout } = await seshat(0, 'ls', '--select', 'source:shop.orders')
    assert.deepEqual(stdout.trim().split('\n'), [ofSource, 'paid', 'not_null_paid_id'])
    assert.equal((await seshat(0, 'ls', '--select', 'paid')).stdout, 'paid\nnot_null_paid_id\n')
  })

  test('a source that is not there: its test is skipped with the reason', async () => {
    use(sources('        columns: [{name: id, data_tests: [unique]}]\n'))
    await database.query('drop table raw.orders_v2')
    const { stdout } = await seshat(0, 'test')
    assert.match(
      stdout,
      /skip {2}source_unique_shop_orders_id +test\n +raw\.orders_v2 is not there: it is a source/,
    )
  })

  test('a seed that fills a public table: tested behind its load, before the module that reads it', async () => {
    use('seeds: [{name: page_views_staged, columns: [{name: page_view_id, data_tests: [unique]}]}]\n', {
      'seshat.yml': `name: t\nprofile: test\n${modulesOff('base', 'page_views')}`,
      'models/sources.yml': sources(''),
      'seeds/page_views_staged.csv': `page_view_id,domain_sessionid,domain_userid,start_tstamp,end_tstamp,page_view_in_session_index
a,s1,u1,2024-01-01 10:00:00,2024-01-01 10:00:10,1
a,s1,u1,2024-01-01 10:01:00,2024-01-01 10:01:10,2
`,
    })
    await seshat(1, 'build', '--select', 'page_views_staged', 'module:sessions')
    const lines = story(project)
    assert.deepEqual(lines.slice(0, 2), [
      'success page_views_staged',
      'error unique_page_views_staged_page_view_id',
    ])
    assert.ok(lines.includes('skipped sessions.commit'), lines.join('\n'))
  })

  test('the events: tests of atomic.events run on input_schema and hold up base', async () => {
    use(
      'sources: [{name: atomic, tables: [{name: events, columns: [{name: event_id, data_tests: [not_null]}]}]}]\n',
      {
        'seshat.yml':
          'name: t\nprofile: test\nvars: {input_schema: failing, base: {start_date: 2024-01-01}}\n',
        'models/sources.yml': sources(''),
        'seeds/events.csv':
          'event_id,collector_tstamp,domain_sessionid\n,2024-01-01 10:00:00,s1\ne2,2024-01-01 10:00:01,s1\n',
        'seeds/com_snowplowanalytics_snowplow_web_page_1.csv':
          'root_id,root_tstamp,id\ne2,2024-01-01 10:00:01,p1\n',
      },
    )
    await seshat(1, 'build', '--select', 'events', 'com_snowplowanalytics_snowplow_web_page_1', 'module:base')
    const lines = story(project)
    assert.ok(lines.includes('error source_not_null_atomic_events_event_id'), lines.join('\n'))
    assert.ok(lines.includes('skipped base.commit'), lines.join('\n'))
  })
})
