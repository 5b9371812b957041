// --full-refresh: what is selected is rebuilt from the production table above it, all of it, or refused before
// anything is dropped.

import assert from 'node:assert/strict'
import { after, before, beforeEach, describe, test } from 'node:test'
import { createPageViewsTable, stagePageViews } from './staged_page_views.js'
import { databases, sessionsAndUsers, type TestDatabase, temporaryProject } from './support.js'
import { dropSchemas } from './web_tables.js'

const production = 'derived.page_views'
const staged = 'scratch.page_views_staged'
/** Base and page views are there too, and do not run: what they would write is the test's. */
const allModules = 'vars: {base: {start_date: 2020-01-01}}\n'
const pagesModel = `{{ config(materialized='incremental', unique_key='domain_sessionid') }}
select s.domain_sessionid, s.page_views * 10 as score from {{ ref('sessions_this_run') }} as s`

for (const { name, open } of databases) {
  describe(`full refresh on ${name}`, () => {
    let database: TestDatabase
    before(async () => {
      database = await open()
    })
    after(() => database.close())

    const project = (settings = sessionsAndUsers, files: Readonly<Record<string, string>> = {}) =>
      temporaryProject({
        'seshat.yml': `name: t\nprofile: test\n${settings}`,
        'profiles.yml': database.profiles,
        ...files,
      })
    const sessions = () =>
      database.query('select domain_sessionid, page_views, domain_userid from derived.sessions order by 1')

    beforeEach(async () => {
      await dropSchemas(database)
      await createPageViewsTable(database, staged)
    })

    test('sessions: rebuilt from derived.page_views, rows that it does not have are gone', async () => {
      const t = project(allModules)
      await stagePageViews(database, staged, [
        { id: 'x1', session: 'x', start: '2020-01-01 10:00:00' },
        { id: 'a1', session: 'a', start: '2024-01-01 10:00:00' },
      ])
      assert.equal((await t.seshat('run', '--select', 'sessions+')).code, 0)
      await createPageViewsTable(database, production)
      await stagePageViews(database, production, [
        { id: 'a1', session: 'a', start: '2024-01-01 10:00:00' },
        { id: 'a2', session: 'a', user: 'user of a', start: '2024-01-01 11:00:00' },
        { id: 'c1', session: 'c', start: '2021-01-01 10:00:00' },
      ])
      await stagePageViews(database, staged, [{ id: 'd1', session: 'd', start: '2024-02-01 10:00:00' }])
      const { code, stdout, stderr } = await t.seshat('run', '--full-refresh', '--select', 'sessions+')
      assert.equal(code, 0, stdout + stderr)
      assert.deepEqual(await sessions(), [
        ['a', 2, 'user of a'],
        ['c', 1, 'user of c'],
      ])
      assert.deepEqual(
        await database.query('select domain_userid, sessions, page_views from derived.users order by 1'),
        [
          ['user of a', 1, 2],
          ['user of c', 1, 1],
        ],
      )
      assert.deepEqual(
        await database.query(`select page_view_id from ${staged}`),
        [['d1']],
        'staged rows wait for the next run',
      )
      assert.equal((await t.seshat('run', '--select', 'sessions+')).code, 0)
      assert.deepEqual(
        (await sessions()).map(row => row[0]),
        ['a', 'c', 'd'],
      )
    })

    test('sessions: without derived.page_views it is an error and nothing is changed', async () => {
      const t = project(allModules)
      await stagePageViews(database, staged, [{ id: 'a1', session: 'a', start: '2024-01-01 10:00:00' }])
      assert.equal((await t.seshat('run', '--select', 'sessions+')).code, 0)
      const { code, stderr } = await t.seshat('run', '--full-refresh', '--select', 'sessions')
      assert.equal(code, 2)
      assert.match(
        stderr,
        /missing-input-table.*sessions\.setup reads derived\.page_views, which is not there/,
      )
      assert.deepEqual(await sessions(), [['a', 1, 'user of a']])
    })

    test('sessions: with page_views switched off it is an error before anything is dropped', async () => {
      await stagePageViews(database, staged, [{ id: 'a1', session: 'a', start: '2024-01-01 10:00:00' }])
      const t = project()
      const { code, stderr } = await t.seshat('run', '--full-refresh', '--select', 'sessions')
      assert.equal(code, 2)
      assert.match(
        stderr,
        /no-history.*'sessions_this_run' cannot be rebuilt from 'page_views': module page_views is switched off/,
      )
    })

    test('a custom model: rebuilt from the production table of what it reads, its views and columns anew', async () => {
      await stagePageViews(database, staged, [{ id: 'a1', session: 'a', start: '2024-01-01 10:00:00' }])
      const view = {
        'models/best.sql': `{{ config(materialized='view') }}\nselect s.* from {{ ref('scores') }} as s`,
      }
      const t = project(sessionsAndUsers, { 'models/scores.sql': pagesModel, ...view })
      assert.equal((await t.seshat('run')).code, 0)
      await stagePageViews(database, staged, [{ id: 'b1', session: 'b', start: '2024-01-02 10:00:00' }])
      assert.equal((await t.seshat('run')).code, 0)
      t.write({ 'models/scores.sql': pagesModel.replace('* 10 as score', '* 7 as points') })
      const refused = await t.seshat('run', '--select', 'sessions', 'scores')
      assert.equal(refused.code, 1)
      assert.match(refused.stderr, /schema-changed.*column 2 is points in the model and score in the table/)
      const { code, stdout, stderr } = await t.seshat('run', '--full-refresh', '--select', 'scores')
      assert.equal(code, 0, stdout + stderr)
      const rows = [
        { domain_sessionid: 'a', points: 7 },
        { domain_sessionid: 'b', points: 7 },
      ]
      assert.deepEqual(await database.rows('select * from derived.scores order by 1'), rows)
      assert.deepEqual(await database.rows('select * from derived.best order by 1'), rows)
    })

    test('a custom model that reads only rows of one run: an error', async () => {
      await stagePageViews(database, staged, [])
      const t = project(sessionsAndUsers, {
        'models/lost.sql': pagesModel
          .replace('sessions_this_run', 'sessions_replaced')
          .replace('s.page_views', '1'),
      })
      const { code, stderr } = await t.seshat('run', '--full-refresh', '--select', 'lost')
      assert.equal(code, 2)
      assert.match(
        stderr,
        /no-history.*'lost' cannot be rebuilt: 'sessions_replaced' holds only the rows of one run/,
      )
    })
  })
}
