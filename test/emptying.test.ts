// A staged table that main has read whole is emptied at once, but never under somebody who would then find its rows neither
// there nor where main has put them, and never by waiting for a reader.

import assert from 'node:assert/strict'
import { after, before, describe, test } from 'node:test'
import type { Driver } from '../adapters/driver.js'
import { connectTo, ModuleRuns } from './module_runs.js'
import { createPageViewsTable, stagePageViews } from './staged_page_views.js'
import { databases, sessionsAndUsers, type TestDatabase, temporaryProject } from './support.js'

const staged = 'scratch.page_views_staged'
const start = '2024-01-02 10:00:00'

for (const { name, open } of databases) {
  describe(`emptying a staged table on ${name}`, () => {
    let database: TestDatabase
    let driver: Driver
    let runs: ModuleRuns
    const project = temporaryProject({ 'seshat.yml': `name: t\nprofile: test\n${sessionsAndUsers}` })
    before(async () => {
      database = await open()
      project.write({ 'profiles.yml': database.profiles })
      driver = await connectTo(database)
      runs = new ModuleRuns(project, driver)
      await createPageViewsTable(database, staged)
    })
    after(async () => {
      await driver.close()
      await database.close()
    })

    const value = async (sql: string, on: Driver = driver): Promise<unknown> =>
      (await on.execute(sql)).rows[0]?.[0]
    const step = async (select: string): Promise<void> => {
      const { code, diagnostics } = await runs.run(select)
      assert.equal(code, 0, JSON.stringify(diagnostics))
    }
    /** Whether complete gives the table another file, which only emptying it at once does. */
    const completes = async (): Promise<{ atOnce: boolean; left: number }> => {
      const file = `select pg_relation_filenode('${staged}')`
      const before = await value(file)
      await step('sessions.complete')
      return {
        atOnce: (await value(file)) !== before,
        left: Number(await value(`select count(*) from ${staged}`)),
      }
    }
    const stageTwo = (): Promise<void> =>
      stagePageViews(database, staged, [
        { id: 'p1', session: 's1', start },
        { id: 'p2', session: 's2', start },
      ])

    test('at once, where nobody else reads', async () => {
      await stageTwo()
      await step('sessions')
      assert.deepEqual(await completes(), { atOnce: true, left: 0 })
      assert.equal(Number(await value('select count(*) from derived.sessions')), 2)
    })

    test('not at once, where a row came after main had read', async () => {
      await stageTwo()
      await step('sessions')
      await stagePageViews(database, staged, [{ id: 'p3', session: 's3', start }])
      assert.deepEqual(await completes(), { atOnce: false, left: 1 })
      await step('sessions')
      assert.deepEqual(await completes(), { atOnce: true, left: 0 })
    })

    test('not at once, where main has not committed', async () => {
      await stageTwo()
      assert.deepEqual(await completes(), { atOnce: false, left: 2 })
      await step('sessions')
      assert.deepEqual(await completes(), { atOnce: true, left: 0 })
    })

    test('row by row, where another table refers to it', async () => {
      await driver.execute(`alter table ${staged} add unique (page_view_id)`)
      await driver.execute(`create table refers (id varchar references ${staged} (page_view_id))`)
      await stageTwo()
      await step('sessions')
      assert.deepEqual(await completes(), { atOnce: false, left: 0 })
      await driver.execute('drop table refers')
    })

    // The embedded database has one session.
    if (name === 'Postgres')
      describe('with another session', () => {
        let other: Driver
        before(async () => {
          other = await connectTo(database)
        })
        after(() => other.close())
        const snapshot = async (): Promise<void> => {
          await other.execute('begin isolation level repeatable read')
          await other.execute('select count(*) from pg_class')
        }

        test('a dump that began before main finds the rows: they are deleted', async () => {
          await stageTwo()
          await snapshot()
          await step('sessions')
          assert.deepEqual(await completes(), { atOnce: false, left: 0 })
          assert.equal(Number(await value(`select count(*) from ${staged}`, other)), 2)
          await other.execute('commit')
        })

        test('a dump that began after main finds them where main has put them', async () => {
          await driver.execute('delete from derived.sessions')
          await stageTwo()
          await step('sessions')
          await snapshot()
          assert.deepEqual(await completes(), { atOnce: true, left: 0 })
          assert.equal(Number(await value('select count(*) from derived.sessions', other)), 2)
          await other.execute('commit')
        })

        test('somebody who has read it in an open transaction is not waited for', async () => {
          await stageTwo()
          await step('sessions')
          await other.execute('begin')
          assert.equal(Number(await value(`select count(*) from ${staged}`, other)), 2)
          assert.deepEqual(await completes(), { atOnce: false, left: 0 })
          await other.execute('commit')
        })
      })
  })
}
