// What a run knows of the catalog: what others have dropped before it is made again, and after a hook nothing is taken for known.

import assert from 'node:assert/strict'
import { after, before, beforeEach, describe, test } from 'node:test'
import type { Driver } from '../adapters/driver.js'
import { ModuleRuns } from './module_runs.js'
import { modulesOff, type TestDatabase, type TestProject, temporaryProject } from './support.js'
import { warehouses } from './warehouses.js'

const settings = {
  'seshat.yml': `name: t\nprofile: test\n${modulesOff('base', 'page_views', 'sessions', 'users')}`,
}
const model = (config = ''): string =>
  `{{ config(materialized='incremental', unique_key='n'${config}) }}\nselect t.n from {{ source('other', 'turns') }} as t\n`

for (const { name, dialect, open } of warehouses) {
  describe(`what is there on ${name}`, () => {
    let database: TestDatabase
    let driver: Driver
    before(async () => {
      const opened = await open()
      database = opened.database
      driver = opened.driver
    })
    after(async () => {
      await driver.close()
      await database.close()
    })
    beforeEach(async () => {
      for (const schema of ['scratch', 'derived', 'other'])
        await database.query(`drop schema if exists ${schema} cascade`)
      await database.query('create schema other')
      await database.query('create table other.turns (n integer)')
      await database.query('insert into other.turns values (1), (2)')
    })

    const run = async (project: TestProject): Promise<void> => {
      const { code, diagnostics } = await new ModuleRuns(project, driver, dialect).run('')
      assert.deepEqual([code, diagnostics], [0, []])
    }
    const rows = async (): Promise<readonly unknown[]> =>
      (await database.query('select n from derived.kept order by 1')).flat()
    const indexes = (): Promise<readonly unknown[]> =>
      database.query(`select indexname from pg_indexes where schemaname = 'derived' order by 1`)

    test('a table, a schema or an index that somebody has dropped is made again', async () => {
      const project = temporaryProject({ ...settings, 'models/kept.sql': model() })
      await run(project)
      const made = await indexes()
      for (const [index] of made as readonly [string][]) await database.query(`drop index derived.${index}`)
      await run(project)
      assert.deepEqual(await indexes(), made)
      await database.query('drop table derived.kept')
      await run(project)
      assert.deepEqual([await rows(), await indexes()], [[1, 2], made])
      await database.query('drop schema derived cascade')
      await database.query('drop schema scratch cascade')
      await run(project)
      assert.deepEqual([await rows(), await indexes()], [[1, 2], made])
    })

    test('a table of rows that a run has left behind is dropped before it is made', async () => {
      const project = temporaryProject({ ...settings, 'models/kept.sql': model() })
      await run(project)
      await database.query('create table scratch.kept_rows (left_behind integer)')
      await run(project)
      assert.deepEqual(await rows(), [1, 2])
    })

    test('a hook may drop the table of its model, which is then made again', async () => {
      const project = temporaryProject({ ...settings, 'models/kept.sql': model() })
      await run(project)
      project.write({ 'models/kept.sql': model(`, pre_hook='drop table if exists derived.kept'`) })
      await database.query('delete from other.turns where n = 1')
      await run(project)
      assert.deepEqual(await rows(), [2])
    })
  })
}
