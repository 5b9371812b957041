// Rows to replace that stand outside the lookback window: what the command line says about them, what it changes, and
// that the days it names would do.

import assert from 'node:assert/strict'
import { after, before, describe, test } from 'node:test'
import type { Driver } from '../adapters/driver.js'
import { connectTo } from './module_runs.js'
import { pageView } from './oracle/page_view_row.js'
import { DAY, formatTime, parseTime } from './oracle/rows.js'
import { databases, sessionsAndUsers, type TestDatabase, temporaryProject } from './support.js'
import { type TwinOptions, WebTwin } from './web_twin.js'

for (const { name, open } of databases) {
  describe(`rows outside the lookback window on ${name}`, () => {
    let database: TestDatabase
    let driver: Driver
    const project = temporaryProject({ 'seshat.yml': `name: t\nprofile: test\n${sessionsAndUsers}` })
    before(async () => {
      database = await open()
      project.write({ 'profiles.yml': database.profiles })
      driver = await connectTo(database)
    })
    after(async () => {
      await driver.close()
      await database.close()
    })

    const newTwin = (options: Partial<TwinOptions> = {}): Promise<WebTwin> =>
      WebTwin.create(database, project, driver, options)

    /** Two sessions that come back without their old page views: one after 60.4 days, one after 31.5. */
    const returned = async (options: Partial<TwinOptions>): Promise<WebTwin> => {
      const twin = await newTwin(options)
      await twin.stage([
        pageView('a', 'first', 'u', '2021-01-01 00:00:00'),
        pageView('b', 'second', 'u', '2021-01-30 22:00:00.5'),
        pageView('c', 'third', 'u', '2021-03-02 09:00:00'),
      ])
      await twin.run('sessions+')
      await twin.stage(
        ['first', 'second', 'third'].map(id => pageView(`${id} new`, id, 'v', '2021-03-02 10:00:00')),
      )
      return twin
    }
    const figures = /2 rows of sessions .*earliest at 2021-01-01 00:00:00[\s\S]*upsert_lookback_days: 61/

    test('on_lookback_miss error: exit 1 with the figures, nothing changed, nothing for complete to remove', async () => {
      const twin = await returned({ on_lookback_miss: 'error' })
      const untouched = await twin.contents()
      const { code, stdout, stderr } = await twin.command('sessions+')
      assert.equal(code, 1, stdout + stderr)
      assert.match(stderr, figures)
      assert.match(stderr, /lookback-miss/)
      assert.match(stdout, /skip +sessions\.complete/)
      assert.deepEqual(await twin.contents(), untouched)
      assert.equal((await twin.command('sessions.complete')).code, 0)
      assert.deepEqual(await twin.contents(), untouched)
      const days = async (upsert_lookback_days: number): Promise<number> =>
        (await twin.runs.run('sessions', { ...twin.variables, upsert_lookback_days })).code
      assert.equal(await days(60), 1)
      assert.deepEqual(await twin.contents(), untouched)
      assert.equal(await days(61), 0)
      assert.deepEqual(await database.query('select distinct domain_userid from derived.sessions'), [['v']])
    })

    test('on_lookback_miss widen: replaces them, and warns with the same figures', async () => {
      const twin = await returned({ on_lookback_miss: 'widen' })
      const { code, stdout, stderr } = await twin.command('sessions')
      assert.equal(code, 0, stdout + stderr)
      assert.match(stdout + stderr, figures)
      twin.step('sessions')
      await twin.compare('after main')
    })

    test('on_lookback_miss: days are exact to the microsecond', async () => {
      const twin = await newTwin({ on_lookback_miss: 'error', upsert_lookback_days: 0 })
      await twin.stage([pageView('a', 's', 'u', '2021-01-01 00:00:00')])
      await twin.run('sessions+')
      await twin.stage([pageView('b', 's', 'u', '2021-01-02 00:00:00.000001')])
      await twin.run('sessions')
    })

    test('the window: from upsert_lookback_days before the earliest row of the batch, to the microsecond', async () => {
      const batchStart = parseTime('2021-03-31 12:00:00.5')
      for (const days of [0, 3, 30]) {
        const twin = await newTwin({ on_lookback_miss: 'ignore', upsert_lookback_days: days })
        const floor = batchStart - days * DAY
        await twin.stage([
          pageView('a', 'at its edge', 'u', formatTime(floor)),
          pageView('b', 'just outside', 'u', formatTime(floor - 1)),
        ])
        await twin.run('sessions+')
        await twin.stage([
          pageView('c', 'at its edge', 'u', formatTime(batchStart)),
          pageView('d', 'just outside', 'u', '2021-04-10 00:00:00'),
        ])
        await twin.run('sessions')
        await twin.compare(`${days} days`)
        assert.deepEqual(
          await database.query(
            'select domain_sessionid, count(*) from derived.sessions group by 1 order by 1',
          ),
          [
            ['at its edge', 1],
            ['just outside', 2],
          ],
          `${days} days`,
        )
      }
    })

    test('production rows without a start: replaced in every window, a miss in none', async () => {
      for (const on_lookback_miss of ['ignore', 'error', 'widen'] as const) {
        const twin = await newTwin({ upsert_lookback_days: 0 })
        await twin.stage([pageView('a', 's', 'u', '2021-01-01 00:00:00', { start_tstamp: null })])
        await twin.run('sessions')
        await twin.stage([pageView('a', 's', 'v', '2021-03-02 10:00:00')])
        const outcome = await twin.runs.run('sessions', { ...twin.variables, on_lookback_miss })
        assert.deepEqual([outcome.code, outcome.diagnostics], [0, []])
        assert.deepEqual(await database.query('select domain_userid, start_tstamp from derived.sessions'), [
          ['v', '2021-03-02 10:00:00'],
        ])
      }
    })
  })
}
