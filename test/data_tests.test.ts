// Data tests as users write them, through the command line on real databases: what each finds, what is kept
// of it, what a failing one holds up, and that one which has nothing to look at is never passed.

import assert from 'node:assert/strict'
import { after, before, beforeEach, describe, test } from 'node:test'
import type { CommandResult } from './command_line.js'
import { foundBy, resultsOf, story } from './run_results.js'
import { databases, modulesOff, type TestDatabase, type TestProject, temporaryProject } from './support.js'

const off = modulesOff('base', 'page_views', 'sessions', 'users')
const orders = `{{ config(materialized='table') }}
select o.id, o.customer, o.status, o.amount from {{ source('raw', 'orders') }} as o`
const customers = `{{ config(materialized='table') }}
select c.id from {{ source('raw', 'customers') }} as c`

for (const { name, open } of databases) {
  describe(`data tests on ${name}`, () => {
    let database: TestDatabase
    let project: TestProject
    before(async () => {
      database = await open()
    })
    after(() => database.close())
    beforeEach(async () => {
      for (const schema of ['scratch', 'derived', 'raw', 'failing', 'atomic'])
        await database.query(`drop schema if exists ${schema} cascade`)
      await database.query('create schema raw')
      await database.query(
        'create table raw.orders (id integer, customer integer, status varchar, amount integer)',
      )
      await database.query(`insert into raw.orders values
        (1, 10, 'new', 5), (2, 10, 'paid', 7), (2, 11, 'lost', -1), (null, 99, null, 3), (3, null, 'odd', null), (4, 98, 'lost', 0)`)
      await database.query('create table raw.customers (id integer)')
      await database.query('insert into raw.customers values (10), (11)')
    })

    const use = (files: Readonly<Record<string, string>>, settings = off): void => {
      project = temporaryProject({
        'seshat.yml': `name: t\nprofile: test\n${settings}`,
        'profiles.yml': database.profiles,
        ...files,
      })
    }
    const shop = (yaml: string, more: Readonly<Record<string, string>> = {}): void =>
      use({
        'models/orders.sql': orders,
        'models/customers.sql': customers,
        'models/models.yml': `models:\n  - name: orders\n${yaml}`,
        ...more,
      })
    const seshat = async (code: number, ...words: readonly string[]): Promise<CommandResult> => {
      const result = await project.seshat(...words)
      assert.equal(result.code, code, result.stdout + result.stderr)
      return result
    }

    test('every test of YAML: finds the rows that fail it, and no others', async () => {
      shop(`    data_tests:
      - unique: {columns: [id, customer]}
      - expression: "amount >= 0 or status = 'lost'"
      - expression: {expression: "amount < 7", name: cheap, where: "status <> 'new'"}
    columns:
      - name: id
        tests: [unique, not_null]
      - name: status
        data_tests:
          - accepted_values: {values: [new, paid, lost]}
      - name: customer
        data_tests:
          - not_null
          - relationships: {to: ref('customers'), field: id}
      - name: amount
        data_tests:
          - accepted_values: {arguments: {values: [5, 7, -1, 3], quote: false}}
          - expression: {arguments: {expression: ">= 0"}, config: {severity: warn}}
`)
      const { stderr } = await seshat(1, 'build')
      assert.deepEqual(foundBy(project), [
        'error accepted_values_orders_amount 1', // 0
        'error accepted_values_orders_status 1', // odd; NULL is none that fails
        'error cheap 1', // 7; of 5 the where says nothing, NULL breaks no condition
        'success expression_orders_amount_ge_0 1', // -1, which only warns
        'success expression_orders_amount_ge_0_or_status_eq_lost 0',
        'error not_null_orders_customer 1',
        'error not_null_orders_id 1',
        'error relationships_orders_customer_customers_id 2', // 99 and 98
        'error unique_orders_id 1', // 2 stands twice
        'success unique_orders_id_customer 0',
      ])
      assert.match(
        stderr,
        /error\[test-failed\]: unique_orders_id: 1 value of orders\.id stands more than once\n {2}= See them all with the query in target\/compiled\/dev\/custom\/unique_orders_id\.sql\.\n {2}id {2}copies\n {2}─+ {2}─+\n +2 +2\n/,
      )
      assert.match(stderr, /2 rows of orders have a customer that is not in customers\.id/)
      assert.match(
        stderr,
        /warning\[test-failed\]: expression_orders_amount_ge_0: 1 row of orders does not meet: amount >= 0/,
      )
    })

    test("a condition with templates: variables, macros and refs of it count as the test's own", async () => {
      shop(
        `    data_tests:
      - expression: {name: small, expression: "amount < {{ var('most') }}", where: "t.customer in (select c.id from {{ ref('customers') }} as c)"}
`,
        { 'seshat.yml': `name: t\nprofile: test\nvars: {custom: {most: 6}}\n${off}` },
      )
      await seshat(1, 'build')
      assert.deepEqual(foundBy(project), ['error small 1'])
      const { stdout } = await seshat(0, 'ls', '--select', 'customers')
      assert.equal(stdout, 'customers\nsmall\n')
    })

    test('SQL files in tests: rows they give fail, with limit, where and severity of their config', async () => {
      shop('    description: Orders.\n', {
        'tests/no_losses.sql': `{{ config(severity='warn', limit=1, where="t.id is not null", tags='money') }}
select o.id, o.status from {{ ref('orders') }} as o where o.status in ('lost', 'odd')`,
      })
      const { stderr, stdout } = await seshat(0, 'build')
      assert.deepEqual(foundBy(project), ['success no_losses 3'])
      assert.match(stderr, /no_losses: 3 rows that should not be there/)
      assert.match(stderr, /id {2}status\n.*\n.*\n {2}and 2 more\n/)
      assert.match(stdout, /^ {2}warn {2}no_losses/m)
      assert.match(stdout, /Done: 3 ok \(1 with failing rows\), 0 failed, 0 skipped/)
      assert.equal((await seshat(0, 'ls', '--select', 'tag:money')).stdout, 'no_losses\n')
      project.write({
        'tests/models.txt': '',
        'models/tests.yml': 'data_tests: [{name: no_losses, config: {severity: error, enabled: true}}]\n',
      })
      await seshat(1, 'test')
    })

    test('store_failures: keeps the rows of the last run in a table, replaced each time, with entropy too', async () => {
      const long = 'a_name_of_a_test_that_is_as_long_as_a_name_can_be_at_the_very_most'.slice(0, 63)
      shop(`    columns:
      - name: status
        data_tests:
          - accepted_values: {values: [new], store_failures: true, limit: 2, config: {schema: failing}}
          - not_null: {name: ${long}, store_failures: true}
`)
      const { stderr } = await seshat(1, 'build')
      assert.match(stderr, /They are in failing\.accepted_values_orders_status\./)
      assert.deepEqual(await database.query('select count(*) from failing.accepted_values_orders_status'), [
        [2],
      ])
      assert.deepEqual(await database.query(`select id, customer from scratch.${long}`), [[null, 99]])
      await database.query("update raw.orders set status = 'new'")
      await seshat(0, 'build')
      assert.deepEqual(await database.query('select count(*) from failing.accepted_values_orders_status'), [
        [0],
      ])
      await database.query('update raw.orders set status = null where id = 1')
      await seshat(1, 'build', '--vars', '{entropy: _test}')
      const tables = await database.query(
        "select table_name from information_schema.tables where table_schema = 'scratch' and table_name like 'a_name%_test'",
      )
      assert.equal(tables.length, 1)
      assert.match(String(tables[0]?.[0]), /^a_name_of_a_test.*_[0-9a-f]{8}_test$/)
    })

    test('build: a failing test skips what is downstream of all that it reads; one that warns does not', async () => {
      const reader = (table: string): string =>
        `{{ config(materialized='table') }}\nselect count(*) as n from {{ ref('${table}') }} as t`
      const files = {
        'models/of_orders.sql': reader('orders'),
        'models/of_customers.sql': reader('customers'),
        'models/of_both.sql': `{{ config(materialized='table') }}
select count(*) as n from {{ ref('of_orders') }} as o cross join {{ ref('of_customers') }} as c`,
      }
      shop('    columns: [{name: id, data_tests: [unique]}]\n', files)
      await seshat(1, 'build')
      // Steps that do not need one another run at once, where there are connections.
      assert.deepEqual([...story(project)].sort(), [
        'error unique_orders_id',
        'skipped of_both',
        'skipped of_orders',
        'success customers',
        'success of_customers',
        'success orders',
      ])
      shop(
        "    columns: [{name: customer, data_tests: [relationships: {to: ref('customers'), field: id}]}]\n",
        files,
      )
      await seshat(1, 'build')
      assert.deepEqual(
        story(project).filter(line => !line.startsWith('success')),
        ['error relationships_orders_customer_customers_id', 'skipped of_both'],
      )
      shop('    columns: [{name: id, data_tests: [unique: {severity: warn}]}]\n', files)
      await seshat(0, 'build')
      await seshat(0, 'run')
    })

    test('selecting: tests ride with their models, are left out with them, and are selected by name and kind', async () => {
      shop(`    columns:
      - name: id
        data_tests: [unique, not_null]
      - name: customer
        data_tests: [relationships: {to: ref('customers'), field: id, severity: warn}]
`)
      const ls = async (...words: readonly string[]): Promise<readonly string[]> =>
        (await seshat(0, 'ls', ...words)).stdout.trim().split('\n')
      const related = 'relationships_orders_customer_customers_id'
      assert.deepEqual(await ls('--select', 'customers'), ['customers', related])
      assert.deepEqual(await ls('--select', 'orders', '--exclude', 'customers'), [
        'orders',
        'not_null_orders_id',
        'unique_orders_id',
      ])
      assert.deepEqual(await ls('--select', 'orders', '--exclude', 'unique_orders_id'), [
        'orders',
        'not_null_orders_id',
        related,
      ])
      assert.deepEqual(await ls('--select', 'orders,resource_type:test'), [
        'not_null_orders_id',
        related,
        'unique_orders_id',
      ])
      assert.deepEqual(await ls('--select', 'config.severity:warn'), [related])
      assert.deepEqual(await ls('--select', 'path:models/models.yml'), [
        'not_null_orders_id',
        related,
        'unique_orders_id',
      ])
      await seshat(0, 'run')
      await seshat(0, 'test', '--select', 'customers')
      assert.deepEqual(foundBy(project), [`success ${related} 2`])
      await seshat(1, 'test', '--exclude', 'unique_orders_id')
      assert.deepEqual(foundBy(project), ['error not_null_orders_id 1', `success ${related} 2`])
    })

    test('a table that is not there: the test is skipped with the reason, never passed, and fails nothing', async () => {
      shop('    columns: [{name: id, data_tests: [unique]}]\n')
      const { stdout } = await seshat(0, 'test')
      const why = 'derived.orders is not there: make it with seshat run --select orders'
      assert.match(stdout, new RegExp(`skip  unique_orders_id +test\\n +${why}\\n`))
      assert.match(stdout, /Done: 0 ok, 0 failed, 1 skipped/)
      assert.deepEqual(
        resultsOf(project).results.map(({ status, failures, message }) => [status, failures, message]),
        [['skipped', null, why]],
      )
    })
  })
}
