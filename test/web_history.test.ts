// What happens to history: rebuilds from the events and from the production tables above, days computed again, modules
// and models that come later, and tables that another system has filled. Expected rows are the oracle's.

import assert from 'node:assert/strict'
import { after, before, beforeEach, describe, test } from 'node:test'
import type { Driver } from '../adapters/driver.js'
import { type How, ModuleRuns, type Outcome, troubleAt } from './module_runs.js'
import { EVENT_RATES } from './oracle/event_rates.js'
import { webEvents } from './oracle/event_rows.js'
import { loadBatches } from './oracle/load_batches.js'
import { joined, WEB_DEFAULTS, type WebVariables } from './oracle/web_data.js'
import { type WebTables, webModel } from './oracle/web_model.js'
import { type TestDatabase, type TestProject, temporaryProject } from './support.js'
import { warehouses } from './warehouses.js'
import { assertWebTables, dropSchemas } from './web_tables.js'

const variables: WebVariables = { ...WEB_DEFAULTS, start_date: '2021-01-04', update_cadence_days: 7 }
const data = webEvents({ seed: 5, variables, rates: EVENT_RATES })
const loads = loadBatches(data, variables, { seed: 5, loads: 2 })
const expected = webModel(data, variables)

const settings = 'name: t\nprofile: test\n'
const downloads = `{{ config(materialized='incremental', unique_key='domain_sessionid', time_key='start_tstamp', replaces='sessions_batch') }}
select s.domain_sessionid, s.start_tstamp, s.page_views as views from {{ ref('sessions_this_run') }} as s`

for (const { name, dialect, open, createEvents, loadEvents } of warehouses) {
  describe(`history on ${name}`, () => {
    let database: TestDatabase
    let driver: Driver
    let runs: ModuleRuns
    let project: TestProject
    const projects = new Map(
      Object.entries({
        plain: { 'seshat.yml': settings },
        withoutUsers: { 'seshat.yml': `${settings}modules: {users: {enabled: false}}\n` },
        withoutSessions: {
          'seshat.yml': `${settings}modules: {users: {enabled: false}, sessions: {enabled: false}}\n`,
        },
        custom: { 'seshat.yml': settings, 'models/session_views.sql': downloads },
        manyCustom: {
          'seshat.yml': settings,
          'models/session_views.sql': downloads,
          'models/campaigns.sql':
            "{{ config(materialized='table') }} select app_id, count(*) as sessions from {{ ref('sessions') }} group by app_id",
          'models/long_sessions.sql':
            "{{ config(materialized='view') }} select * from {{ ref('session_views') }} where views > 1",
          'models/event_names.sql':
            "{{ config(materialized='incremental', unique_key='domain_sessionid', replaces='base_sessions_this_run') }} select domain_sessionid, count(*) as events from {{ ref('events_this_run') }} group by domain_sessionid",
        },
      }).map(([key, files]) => [key, temporaryProject(files)]),
    )
    const use = (key: string): void => {
      project = projects.get(key) as TestProject
      runs = new ModuleRuns(project, driver, dialect)
    }
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
      use('plain')
      await createEvents(database)
      await dropSchemas(database)
    })

    const run = async (select = '', how: How = {}): Promise<Outcome> => {
      const outcome = await runs.run(select, { ...variables }, undefined, { untilCaughtUp: true, ...how })
      assert.equal(
        outcome.code,
        0,
        outcome.diagnostics.map(({ message, cause }) => `${message} ${cause}`).join('\n'),
      )
      return outcome
    }
    const loadAll = async (): Promise<void> => {
      for (const load of loads) await loadEvents(database, load, data)
    }
    const compare = (tables: WebTables, context = ''): Promise<void> =>
      assertWebTables(database, tables, context)
    const contents = (table: string) => database.query(`select * from ${table} as t order by t::text`)
    const leftovers = () =>
      database.query(
        "select relname from pg_class where relname like '%\\_\\_rebuild%' and relkind in ('r', 'v')",
      )

    test('full refresh from the events: tampered tables are those of the events again, and nothing is left aside', async () => {
      await loadAll()
      await run()
      await database.query("update derived.page_views set page_title = 'tampered'")
      await database.query("delete from derived.sessions where domain_sessionid < '8'")
      await database.query('delete from derived.users')
      await database.query("insert into derived.base_event_id_manifest values ('nobody', '2030-01-01')")
      await run('', { fullRefresh: true })
      await compare(expected)
      assert.deepEqual(await leftovers(), [])
      const [[future]] = (await database.query(
        "select count(*) from derived.base_event_id_manifest where event_id = 'nobody'",
      )) as [[number]]
      assert.equal(future, 0)
      await run()
      await compare(expected)
    })

    test('full refresh from the events: one that died at any statement is taken up again', async () => {
      await loadAll()
      await run()
      await database.query("update derived.page_views set page_title = 'tampered'")
      const before = await contents('derived.sessions')
      const last = Number((await runs.compile([], { ...variables }, { fullRefresh: true })).plan.steps.length)
      for (const at of [3, 40, 150, 400, 640, 900, 1200].filter(statement => statement > last / 10)) {
        const trouble = troubleAt({ kind: 'dies', at })
        const outcome = await runs.run('', { ...variables }, trouble, { fullRefresh: true })
        if (outcome.code === 0) break
        assert.deepEqual(
          await contents('derived.sessions'),
          before,
          `production was touched at statement ${at}`,
        )
      }
      await run('', { fullRefresh: true })
      await compare(expected)
      assert.deepEqual(await leftovers(), [])
    })

    test('full refresh from the events: custom models of all kinds are those of a first run', async () => {
      use('manyCustom')
      await loadAll()
      await run()
      const custom = ['session_views', 'campaigns', 'long_sessions', 'event_names'].map(
        table => `derived.${table}`,
      )
      const first = await Promise.all(custom.map(contents))
      assert.ok(first.every(rows => rows.length > 0))
      for (const table of ['session_views', 'campaigns', 'event_names'])
        await database.query(`delete from derived.${table}`)
      await run('', { fullRefresh: true })
      await compare(expected)
      assert.deepEqual(await Promise.all(custom.map(contents)), first)
      assert.deepEqual(await leftovers(), [])
      await run()
      assert.deepEqual(await Promise.all(custom.map(contents)), first)
    })

    test('backfill of everything: base reads as it comes, which is an error before anything is changed', () => {
      const days = { from: '2021-01-04', to: '2021-01-05' }
      assert.throws(
        () => runs.compile([], { ...variables }, { backfill: days }),
        /reads its input as it comes/,
      )
      assert.throws(
        () => runs.compile(['page_views'], { ...variables }, { backfill: days }),
        /cannot be rebuilt/,
      )
    })

    test('full refresh of a part: rebuilt from the table above, manifests and events untouched', async () => {
      await loadAll()
      await run()
      const kept = [
        'derived.base_event_id_manifest',
        'derived.base_session_id_manifest',
        'derived.page_views',
      ]
      const before = await Promise.all(kept.map(contents))
      for (const select of ['sessions+', 'users']) {
        if (select === 'sessions+') await database.query('update derived.sessions set page_views = 99')
        await database.query('delete from derived.users')
        await database.query('alter table atomic.events rename to events_elsewhere')
        await run(select, { fullRefresh: true })
        await database.query('alter table atomic.events_elsewhere rename to events')
        await compare(expected, select)
      }
      assert.deepEqual(await Promise.all(kept.map(contents)), before)
    })

    test('full refresh of page views alone: their events are gone, which is an error before anything is changed', async () => {
      await loadAll()
      await run()
      assert.throws(
        () => runs.compile(['page_views'], { ...variables }, { fullRefresh: true }),
        /cannot be rebuilt/,
      )
    })

    test('backfill: the rows of its days are computed again and no others', async () => {
      await loadAll()
      await run()
      const days = (await database.query(
        'select start_tstamp::date::text from derived.sessions group by 1 order by count(*) desc, 1 limit 1',
      )) as [[string]]
      const [[day]] = days
      const inDay = `start_tstamp >= '${day}' and start_tstamp < date '${day}' + 1`
      await database.query('update derived.sessions set page_views = 77')
      await database.query('update derived.users set page_views = 77')
      await run('sessions+', { backfill: { from: day, to: day } })
      const right = new Map(expected.sessions.map(row => [row['domain_sessionid'], row['page_views']]))
      const found = await database.rows(
        `select domain_sessionid, domain_userid, page_views, ${inDay} as mended from derived.sessions`,
      )
      assert.equal(found.length, expected.sessions.length)
      assert.ok(found.some(row => row['mended']) && found.some(row => !row['mended']))
      for (const row of found) {
        if (row['mended']) assert.equal(row['page_views'], right.get(row['domain_sessionid'] ?? null))
      }
      const touched = new Set(found.filter(row => row['page_views'] !== 77).map(row => row['domain_userid']))
      const sums = new Map<unknown, number>()
      for (const row of found)
        sums.set(row['domain_userid'], (sums.get(row['domain_userid']) ?? 0) + Number(row['page_views']))
      for (const user of await database.rows('select domain_userid, page_views from derived.users')) {
        const id = user['domain_userid'] ?? null
        assert.equal(user['page_views'], touched.has(id) ? sums.get(id) : 77, `user ${id}`)
      }
    })

    test('backfill: a custom model gets the rows of the days again, and loses those that are no more', async () => {
      use('custom')
      await loadAll()
      await run()
      const all = await contents('derived.session_views')
      assert.equal(all.length, expected.sessions.length)
      await database.query('update derived.session_views set views = 0')
      await database.query("insert into derived.session_views values ('nobody', '2021-01-04', 1)")
      const [from, to] = ['2021-01-04', '2029-12-31']
      await run('session_views', { backfill: { from, to } })
      const inside = `start_tstamp >= '${from}' and start_tstamp < date '${to}' + 1`
      const found = await database.query(
        `select * from derived.session_views as t where ${inside} order by t::text`,
      )
      assert.deepEqual(
        found,
        all.filter(([, start]) => String(start) >= from && String(start) < `${to} 24`),
      )
    })

    test('a module that comes later is brought up to date from the table above', async () => {
      use('withoutSessions')
      await loadEvents(database, loads[0] ?? data, data)
      await run()
      use('withoutUsers')
      await loadEvents(database, loads[1] ?? data, data)
      await run()
      use('plain')
      await run()
      await compare(expected)
    })

    test('a custom model that comes later has all of history', async () => {
      await loadAll()
      await run()
      use('custom')
      await run('session_views')
      const views = await database.query('select domain_sessionid, views from derived.session_views')
      const wanted = expected.sessions.map(row => [row['domain_sessionid'], row['page_views']])
      assert.deepEqual(new Map(views as [string, number][]), new Map(wanted as [string, number][]))
    })

    test('tables of another system are carried on: no row is lost or doubled, and its broken rows only warn', async () => {
      await loadEvents(database, loads[0] ?? data, data)
      await run()
      const theirs = [
        'page_views',
        'sessions',
        'users',
        'users_manifest',
        'base_event_id_manifest',
        'base_session_id_manifest',
        'datamodel_metadata',
      ]
      for (const table of theirs) {
        await database.query(`create table public.${table} as select * from derived.${table}`)
      }
      for (const sql of [
        'drop schema derived cascade',
        'drop schema scratch cascade',
        'create schema derived',
      ])
        await database.query(sql)
      for (const table of theirs) await database.query(`alter table public.${table} set schema derived`)
      await database.query("update derived.datamodel_metadata set model_version = '0.9'")
      await loadEvents(database, loads[1] ?? data, data)
      await run()
      await compare(webModel(joined(loads), variables))
      const [[oldest]] = (await database.query(
        'select domain_sessionid from derived.sessions where start_tstamp = (select min(start_tstamp) from derived.sessions) limit 1',
      )) as [[string]]
      await database.query(
        `update derived.sessions set page_views = 1000 where domain_sessionid = '${oldest}'`,
      )
      const outcome = await run('resource_type:test', { tests: 'data' })
      assert.deepEqual(
        [...new Set(outcome.diagnostics.map(({ severity, code }) => `${severity} ${code}`))],
        ['warning test-failed'],
      )
    })

    const least = (table: string, column: string): string =>
      `${column} = (select min(${column}) from derived.${table})`
    const breaks: Readonly<Record<string, string>> = {
      unique_page_views_page_view_id:
        'insert into derived.page_views select * from derived.page_views limit 1',
      unique_page_views_event_id:
        'update derived.page_views set event_id = (select min(event_id) from derived.page_views)',
      not_null_page_views_page_view_id_event_id: 'update derived.page_views set event_id = null',
      page_views_numbering:
        'update derived.page_views set page_view_in_session_index = page_view_in_session_index + 1',
      page_views_times: 'update derived.page_views set absolute_time_in_s = -1',
      page_views_have_sessions: `delete from derived.sessions where ${least('sessions', 'domain_sessionid')}`,
      unique_sessions_domain_sessionid: 'insert into derived.sessions select * from derived.sessions limit 1',
      not_null_sessions_domain_sessionid: 'update derived.sessions set domain_sessionid = null',
      sessions_values: 'update derived.sessions set end_tstamp = null',
      sessions_times: 'update derived.sessions set engaged_time_in_s = -1',
      sessions_have_page_views: `delete from derived.page_views where ${least('page_views', 'domain_sessionid')}`,
      sessions_of_page_views: 'update derived.sessions set page_views = page_views + 1',
      sessions_have_users: `delete from derived.users where ${least('users', 'domain_userid')}`,
      unique_users_domain_userid: 'insert into derived.users select * from derived.users limit 1',
      not_null_users_domain_userid: 'update derived.users set domain_userid = null',
      users_times: 'update derived.users set engaged_time_in_s = -1',
      users_have_sessions: `delete from derived.sessions where ${least('users', 'domain_userid')}`,
      users_of_sessions: 'update derived.users set sessions = sessions + 1',
      metadata_counts: 'update derived.datamodel_metadata set distinct_key_count = -1',
    }

    test('tables of another system that have the names of our views give way to them', async () => {
      await database.query('create schema scratch')
      for (const table of ['events_this_run', 'page_views_this_run'])
        await database.query(`create table scratch.${table} as select 1 as n`)
      await loadAll()
      await run()
      await assertWebTables(database, expected, 'behind tables of other names')
      assert.deepEqual(
        await database.query(
          "select table_name from information_schema.tables where table_name like '%this_run'",
        ),
        [],
      )
    })

    test('laws: all hold after a run, and each finds what breaks it', async () => {
      await loadAll()
      const { diagnostics } = await run('', { tests: 'data' })
      assert.deepEqual(
        diagnostics.filter(({ code }) => code === 'test-failed'),
        [],
      )
      for (const [law, sql] of Object.entries(breaks)) {
        await driver.execute('begin')
        await driver.execute(sql)
        const outcome = await runs.run(law, { ...variables }, undefined, { tests: 'data' })
        await driver.execute('rollback')
        const broken = outcome.results.filter(({ status }) => status === 'error').map(({ step }) => step.id)
        assert.deepEqual(broken, [law])
        assert.equal(outcome.code, 1)
      }
    })
  })
}
