// What a project with data tests compiles to, without a database: names, the SQL of every adapter, the manifest, what diff and
// check say, and that tests move no model.

import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, test } from 'node:test'
import { fitting, testName } from '../compiler/data_tests/test_names.js'
import type { ProjectState } from '../compiler/manifest.js'
import { modulesOff, type TestProject, temporaryProject } from './support.js'

const off = modulesOff('base', 'page_views', 'sessions', 'users')
const orders = `{{ config(materialized='incremental', unique_key='id') }}
select o.id, o.status, o.customer from {{ source('raw', 'orders') }} as o`
const shop = (tests: string): TestProject =>
  temporaryProject({
    'seshat.yml': `name: t\n${off}`,
    'models/orders.sql': orders,
    'models/shop.yml': `models:\n  - name: orders\n    data_tests:\n${tests}`,
  })
const run = async (project: TestProject, code: number, ...words: readonly string[]): Promise<string> => {
  const result = await project.seshat(...words)
  assert.equal(result.code, code, result.stdout + result.stderr)
  return result.stdout + result.stderr
}
const textOf = (project: TestProject, path: string): string =>
  readFileSync(join(project.directory, 'target', path), 'utf8')

describe('data tests, compiled', () => {
  test('names: made of words, of a condition its operators too, and 63 bytes at most with a digest', () => {
    assert.equal(testName('unique', 'orders', ['id', 'customer']), 'unique_orders_id_customer')
    assert.equal(
      testName('expression', 'orders', ["a >= b and c<>'x'"]),
      'expression_orders_a_ge_b_and_c_ne_x',
    )
    const long = fitting(`unique_${'x'.repeat(60)}`)
    assert.equal(Buffer.byteLength(long), 63)
    assert.match(long, /^unique_x+_[0-9a-f]{8}$/)
    assert.notEqual(long, fitting(`unique_${'x'.repeat(61)}`))
    assert.equal(fitting('y'.repeat(63)), 'y'.repeat(63))
  })

  test('SQL: kept rows, a limit and a condition, for every adapter', async () => {
    const project = shop(
      `      - relationships: {column: customer, to: "source('raw', 'customers')", field: id, where: status <> 'new', store_failures: true, limit: 20, name: known}\n`,
    )
    await run(project, 0, 'compile', '--all-adapters')
    const select = `select
    t.id,
    t.customer
from derived.orders as t
where t.customer is not null
    and not exists (select 1 from raw.customers as p where p.id = t.customer)
    and (status <> 'new')`
    const heads = {
      postgres: ['drop table if exists scratch.known', 'create unlogged table scratch.known as'],
      redshift: ['drop table if exists scratch.known', 'create table scratch.known\nbackup no\nas'],
      snowflake: ['drop table if exists scratch.known', 'create transient table scratch.known\nas'],
    }
    for (const [adapter, [drop, create]] of Object.entries(heads)) {
      const statements = textOf(project, `compiled/${adapter}/custom/known.sql`)
        .replaceAll(/^--.*\n/gm, '')
        .split(';\n')
        .map(text => text.trim())
      assert.deepEqual(
        statements,
        [
          drop,
          `${create}\nselect f.*\nfrom (\n${select}\n) as f\nlimit 20`,
          `select\n    f.*,\n    count(*) over () as failing_rows\nfrom (\n${select}\n) as f\nlimit 20`,
          '',
        ],
        adapter,
      )
    }
  })

  test('manifest: a test is a node with its config, its refs and the table that it keeps', async () => {
    const project = shop(
      '      - unique: {columns: [id], severity: warn, config: {store_failures: true, tags: nightly}, description: Once.}\n',
    )
    await run(project, 0, 'compile', '--adapter', 'postgres')
    const { targets } = JSON.parse(textOf(project, 'manifest.json')) as ProjectState
    const node = targets['postgres']?.nodes.find(({ name }) => name === 'unique_orders_id')
    assert.deepEqual(
      node && [node.kind, node.file, node.config_at, node.relation, node.description, node.depends_on],
      [
        'test',
        'models/shop.yml',
        { file: 'models/shop.yml', line: 4, column: 9, length: 6 },
        'scratch.unique_orders_id',
        'Once.',
        ['orders'],
      ],
    )
    assert.deepEqual(node?.config, { severity: 'warn', store_failures: true, tags: ['nightly'] })
  })

  test('diff: a test that came, one that tests something else, and one that only counts otherwise', async () => {
    const base = shop(
      '      - expression: {name: a, expression: id > 0}\n      - expression: {name: b, expression: id > 1}\n',
    )
    const head = shop(
      '      - expression: {name: a, expression: id > 5}\n      - expression: {name: b, expression: id > 1, severity: warn}\n      - unique: {columns: [id]}\n',
    )
    const { nodes } = JSON.parse(
      await run(head, 0, 'diff', '--base', base.directory, '--format', 'json'),
    ) as {
      nodes: readonly {
        adapter: string
        name: string
        change: string
        classes: readonly string[]
        causes: readonly { name: string }[]
      }[]
    }
    assert.deepEqual(
      nodes
        .filter(({ adapter }) => adapter === 'postgres')
        .map(({ name, change, classes, causes }) => [name, change, classes.join(), causes[0]?.name]),
      [
        ['a', 'changed', 'logic', 'models/shop.yml'],
        ['b', 'changed', 'config', 'models/shop.yml'],
        ['unique_orders_id', 'added', 'logic', 'models/shop.yml'],
      ],
    )
  })

  test('check: what is wrong in a condition is shown at its test in YAML', async () => {
    const project = temporaryProject({
      'seshat.yml': `name: t\n${off}`,
      'models/orders.sql': "{{ config(materialized='table') }}\nselect 1 as id, 'new' as status",
      'models/shop.yml': 'models:\n  - name: orders\n    data_tests:\n      - expression: ided > 0\n',
    })
    assert.match(
      await run(project, 2, 'check', '--adapter', 'postgres'),
      /error\[unknown-column\]: column "ided" does not exist\n {2}--> models\/shop\.yml:4:9/,
    )
    project.write({
      'models/shop.yml':
        'models:\n  - name: orders\n    columns:\n      - name: stauts\n        data_tests: [not_null]\n',
    })
    assert.match(
      await run(project, 2, 'check', '--adapter', 'postgres'),
      /error\[unknown-column\]: column t\.stauts does not exist\n {2}--> models\/shop\.yml:5:22/,
    )
  })

  test('order: tests stand behind what they read and move no model', async () => {
    const files = {
      'seshat.yml': 'name: t\nvars: {base: {start_date: 2024-01-01}}\n',
      'models/aa.sql': "select s.domain_sessionid from {{ ref('sessions') }} as s",
      'models/bb.sql': `{{ config(materialized='table') }}\nselect s.domain_sessionid from {{ ref('sessions_this_run') }} as s`,
    }
    const plan = async (more: Readonly<Record<string, string>>): Promise<readonly string[]> => {
      const project = temporaryProject({ ...files, ...more })
      await run(project, 0, 'compile', '--adapter', 'postgres')
      return textOf(project, 'compiled/postgres/plan.txt').trim().split('\n')
    }
    const without = await plan({})
    const tests = ['zz_both', 'zz_sessions']
    const with_ = await plan({
      'models/t.yml':
        "models:\n  - name: sessions\n    data_tests: [unique: {columns: [domain_sessionid], name: zz_sessions}]\n  - name: sessions_this_run\n    data_tests: [relationships: {column: domain_sessionid, to: ref('page_views_this_run'), field: domain_sessionid, name: zz_both}]\n",
    })
    const isTest = (path: string): boolean => tests.some(name => path.endsWith(`/${name}.sql`))
    // A test of scratch tables of two modules keeps the first from dropping its own before it has looked; and base stages
    // what it may otherwise hand on.
    const moved = ['page_views/page_views.complete.sql', 'base/base.complete.sql']
    assert.deepEqual(
      with_.filter(path => !isTest(path) && !moved.includes(path)),
      without.filter(path => !moved.includes(path)),
    )
    const at = (end: string): number => with_.findIndex(path => path.endsWith(`/${end}.sql`))
    assert.ok(at('sessions_this_run') < at('zz_both') && at('zz_both') < at('page_views.complete'))
    assert.ok(at('sessions.commit') < at('zz_sessions') && at('zz_sessions') < at('aa'))
  })
})
