// Models of a project's own: every materialization and config on a real database.

import assert from 'node:assert/strict'
import { after, before, beforeEach, describe, test } from 'node:test'
import { databases, modulesOff, type TestDatabase, type TestProject, temporaryProject } from './support.js'

for (const { name, open } of databases) {
  describe(`custom models on ${name}`, () => {
    let database: TestDatabase
    let project: TestProject
    before(async () => {
      database = await open()
    })
    after(() => database.close())
    beforeEach(async () => {
      for (const schema of ['scratch', 'derived', 'raw', 'marts'])
        await database.query(`drop schema if exists ${schema} cascade`)
      await database.query('create schema raw')
      await database.query('create table raw.orders (id integer, shop varchar, placed timestamp)')
      await database.query(`insert into raw.orders values (1, 'a', '2024-01-01'), (2, 'b', '2024-01-02')`)
    })

    const off = modulesOff('base', 'page_views', 'sessions', 'users')
    const use = (files: Readonly<Record<string, string>>, settings = ''): void => {
      project = temporaryProject({
        'seshat.yml': `name: t\nprofile: test\n${off}${settings}`,
        'profiles.yml': database.profiles,
        ...files,
      })
    }
    const run = async (...words: readonly string[]): Promise<void> => {
      const { code, stdout, stderr } = await project.seshat('run', ...words)
      assert.equal(code, 0, stdout + stderr)
    }
    const orders = "from {{ source('raw', 'orders') }} as o"

    test('table: holds the rows of the last run and keeps the views over it', async () => {
      use({
        'models/shops.sql': `{{ config(materialized='table') }}\nselect o.shop, count(*) as orders ${orders} group by o.shop`,
      })
      await run()
      await database.query('create view derived.outside as select * from derived.shops')
      await database.query(`delete from raw.orders where id = 2; `)
      await run()
      assert.deepEqual(await database.query('select * from derived.shops'), [['a', 1]])
      assert.deepEqual(await database.query('select * from derived.outside'), [['a', 1]])
    })

    test('view: follows its source, and may change columns under --full-refresh', async () => {
      use({ 'models/shops.sql': `select distinct o.shop ${orders}` })
      await run()
      assert.deepEqual(await database.query('select * from derived.shops order by 1'), [['a'], ['b']])
      project.write({ 'models/shops.sql': `select distinct o.id as number ${orders}` })
      await run('--full-refresh')
      assert.deepEqual(await database.query('select number from derived.shops order by 1'), [[1], [2]])
    })

    test('incremental: rows of a key are replaced, others stay; twice changes nothing', async () => {
      use({
        'models/shops.sql': `{{ config(materialized='incremental', unique_key='shop') }}
select o.shop, max(o.id) as latest ${orders}
{% if is_incremental() %}where o.placed >= (select max(placed) from raw.orders){% endif %}
group by o.shop`,
      })
      await run('--full-refresh')
      assert.deepEqual(await database.query('select * from derived.shops order by 1'), [
        ['a', 1],
        ['b', 2],
      ])
      await database.query(`insert into raw.orders values (3, 'b', '2024-01-03')`)
      await run()
      await run()
      assert.deepEqual(await database.query('select * from derived.shops order by 1'), [
        ['a', 1],
        ['b', 3],
      ])
    })

    test('incremental: keys of several columns, and a NULL key is an error that changes nothing', async () => {
      use({
        'models/days.sql': `{{ config(materialized='incremental', unique_key=['shop', 'day']) }}
select o.shop, date_trunc('day', o.placed) as day, count(*) as orders ${orders} group by 1, 2`,
      })
      await run()
      await run()
      assert.deepEqual(await database.query('select count(*) from derived.days'), [[2]])
      await database.query(`insert into raw.orders values (4, null, '2024-01-04')`)
      const { code, stderr } = await project.seshat('run')
      assert.equal(code, 1)
      assert.match(stderr, /null-key.*1 row of days has no key: shop, day is NULL/)
      assert.deepEqual(await database.query('select count(*) from derived.days'), [[2]])
    })

    test('ephemeral: becomes part of the models that read it, through one another too', async () => {
      use({
        'models/recent.sql': `{{ config(materialized='ephemeral') }}\nselect o.id, o.shop ${orders} where o.placed > '2024-01-01'`,
        'models/shouted.sql': `{{ config(materialized='ephemeral') }}\nselect r.id, upper(r.shop) as shop from {{ ref('recent') }} as r`,
        'models/shops.sql': `{{ config(materialized='table') }}
with both_of_them as (select s.shop, r.id from {{ ref('shouted') }} as s inner join {{ ref('recent') }} as r on r.id = s.id)
select b.shop, b.id from both_of_them as b`,
      })
      await run()
      assert.deepEqual(await database.query('select * from derived.shops'), [['B', 2]])
      assert.deepEqual(
        await database.query(
          `select table_name from information_schema.tables where table_schema = 'derived'`,
        ),
        [['shops']],
      )
    })

    test('on_schema_change append_new_columns: new columns come at the end, old rows have NULL in them', async () => {
      const shops = (columns: string): string =>
        `{{ config(materialized='incremental', unique_key='id', on_schema_change='append_new_columns') }}\nselect ${columns} ${orders}`
      use({ 'models/shops.sql': shops('o.id') })
      await run()
      await database.query('delete from raw.orders where id = 1')
      project.write({ 'models/shops.sql': shops('o.id, o.shop') })
      await run()
      assert.deepEqual(await database.query('select * from derived.shops order by 1'), [
        [1, null],
        [2, 'b'],
      ])
      project.write({ 'models/shops.sql': shops('o.shop, o.id') })
      const { code, stderr } = await project.seshat('run')
      assert.equal(code, 1)
      assert.match(stderr, /schema-changed.*column 1 is shop in the model and id in the table/)
    })

    test('schema, hooks, grants and tags: as configured per model, in YAML and per folder', async () => {
      await database.query(
        `do $$ begin create role seshat_reader; exception when duplicate_object then null; end $$`,
      )
      use(
        {
          'models/marts/shops.sql': `{{ config(materialized='table', schema='marts', post_hook="insert into raw.log select 'after ' || count(*) from {{ this }}") }}\nselect o.shop ${orders}`,
          'models/marts/models.yml':
            'models:\n  - name: shops\n    config: {tags: weekly, pre_hook: ["create table if not exists raw.log (line varchar)", "insert into raw.log values (\'before\')"]}\n',
        },
        'models: {marts: {tags: [mart], grants: {select: [seshat_reader]}}}\n',
      )
      await run('--select', 'tag:mart,tag:weekly')
      assert.deepEqual(await database.query('select line from raw.log'), [['before'], ['after 2']])
      assert.deepEqual(await database.query(`select count(*) from marts.shops`), [[2]])
      assert.deepEqual(
        await database.query(
          `select privilege_type from information_schema.role_table_grants where grantee = 'seshat_reader' and table_name = 'shops'`,
        ),
        [['SELECT']],
      )
    })

    test('enabled false: the model is not there', async () => {
      use({
        'models/shops.sql': `{{ config(enabled=false) }}\nselect 1 as one`,
        'models/other.sql': 'select 2 as two',
      })
      await run()
      assert.deepEqual(
        await database.query(
          `select table_name from information_schema.tables where table_schema = 'derived'`,
        ),
        [['other']],
      )
    })

    test('seeds: types are read off the values, NULL and empty text differ, a second load replaces the first', async () => {
      use({
        'seeds/rates.csv':
          'code,rate,since,active,note\n007,1.5,2024-01-01,true,""\n008,2,2024-02-01,false,\n',
        'models/doubled.sql': `{{ config(materialized='table') }}\nselect r.code, r.rate * 2 as rate from {{ ref('rates') }} as r`,
      })
      for (const _ of [1, 2]) {
        const { code, stdout, stderr } = await project.seshat('build')
        assert.equal(code, 0, stdout + stderr)
      }
      assert.deepEqual(await database.query('select * from derived.rates order by 1'), [
        ['007', 1.5, '2024-01-01 00:00:00', true, ''],
        ['008', 2, '2024-02-01 00:00:00', false, null],
      ])
      assert.deepEqual(await database.query('select * from derived.doubled order by 1'), [
        ['007', 3],
        ['008', 4],
      ])
    })
  })
}
