// A run with nothing new, on every warehouse: how few statements it sends, that it changes nothing but its metadata, and that
// whatever there is to do is still done, wherever an earlier run has died.

import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { after, before, describe, test } from 'node:test'
import type { Driver, Value } from '../adapters/driver.js'
import type { RunResults } from '../compiler/run_results.js'
import { type Fingerprint, fingerprintOf } from './crash/fingerprint.js'
import { ModuleRuns, type Outcome, troubleAt, type Variables } from './module_runs.js'
import { NO_EVENT_RATES } from './oracle/event_rates.js'
import { webEvents } from './oracle/event_rows.js'
import { loadBatches } from './oracle/load_batches.js'
import { joined, WEB_DEFAULTS, type WebData } from './oracle/web_data.js'
import { webModel } from './oracle/web_model.js'
import { createPageViewsTable, stagePageViews } from './staged_page_views.js'
import { openTestDatabase, sessionsAndUsers, type TestDatabase, temporaryProject } from './support.js'
import { warehouses } from './warehouses.js'
import { assertWebTables, dropSchemas } from './web_tables.js'

const variables = { ...WEB_DEFAULTS, start_date: '2024-01-01' }
const data = webEvents({ seed: 1, variables, rates: NO_EVENT_RATES })
const [first, second] = loadBatches(data, variables, { seed: 1, loads: 2 }) as [WebData, WebData]

const settings = { 'seshat.yml': 'name: t\nprofile: test\n' }
const standard = temporaryProject(settings)
const withModels = temporaryProject({
  ...settings,
  'models/session_views.sql': `{{ config(materialized='incremental', unique_key='domain_sessionid', time_key='start_tstamp', replaces='sessions_batch') }}
select s.domain_sessionid, s.start_tstamp, s.page_views as views from {{ ref('sessions_this_run') }} as s`,
  'models/turns.sql': `{{ config(materialized='table') }}
select t.n, (select count(*) from {{ ref('sessions_this_run') }} as s) as sessions from {{ source('other', 'turns') }} as t`,
})
const withHook = temporaryProject({
  ...settings,
  'models/models.yml': `models: [{name: sessions, config: {post_hook: ["insert into other.turns (n) values (100)"]}}]\n`,
})

const metadataColumns = `module, model, model_version, rows_this_run, distinct_key, distinct_key_count, time_key, min_time_key,
    max_time_key, duplicate_rows_removed, distinct_keys_removed`
const nothing = (module: string, key: string, time: string): readonly Value[] => [
  ...[module, 'web', '1.0.0', 0, key, 0, time, null, null, 0, 0],
]
const nothingNew = [
  nothing('base', 'event_id', 'collector_tstamp'),
  nothing('page_views', 'page_view_id', 'start_tstamp'),
  nothing('sessions', 'domain_sessionid', 'start_tstamp'),
  nothing('users', 'domain_userid', 'start_tstamp'),
]

for (const { name, dialect, open, createEvents, loadEvents } of warehouses) {
  describe(`a run with nothing new on ${name}`, () => {
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

    const begin = async (...loads: readonly WebData[]): Promise<void> => {
      await createEvents(database)
      await dropSchemas(database)
      await database.query('drop schema if exists other cascade')
      await database.query('create schema other')
      await database.query('create table other.turns (n integer)')
      for (const load of loads) await loadEvents(database, load, joined([first, second]))
    }
    const caughtUp = async (runs: ModuleRuns, select = ''): Promise<void> => {
      const done = await runs.run(select, { ...variables }, undefined, { untilCaughtUp: true })
      assert.deepEqual([done.code, done.diagnostics], [0, []])
    }
    /** Counts queries of the preflight and commits too. */
    const counted = async (runs: ModuleRuns, more: Variables = {}): Promise<Outcome & { sent: number }> => {
      let sent = 0
      const outcome = await runs.run('', { ...variables, ...more }, () => {
        sent += 1
      })
      assert.deepEqual([outcome.code, outcome.diagnostics], [0, []])
      return { ...outcome, sent }
    }
    const withoutMetadata = (): Promise<Fingerprint> =>
      fingerprintOf(database, table => table !== 'derived.datamodel_metadata')
    const lastRun = async (): Promise<readonly (readonly Value[])[]> =>
      database.query(`select ${metadataColumns} from derived.datamodel_metadata
        where run_id = (select max(run_id) from derived.datamodel_metadata) order by module`)

    test('sends fewer than 40 statements, and leaves the tables as they are', async () => {
      await begin(first, second)
      const runs = new ModuleRuns(standard, driver, dialect)
      await caughtUp(runs)
      await assertWebTables(database, webModel(data, variables), 'before')
      const tables = await withoutMetadata()
      const { sent, results } = await counted(runs)
      assert.ok(sent < 40, `${sent} statements`)
      assert.deepEqual(await withoutMetadata(), tables)
      assert.deepEqual(await lastRun(), nothingNew)
      const rested = results.filter(({ foundNothing }) => foundNothing).map(({ step }) => step.id)
      assert.ok(['page_views_this_run', 'sessions.commit', 'users.complete'].every(id => rested.includes(id)))
      const [progress] = results.flatMap(({ reports }) => reports.flatMap(report => report.progress))
      const [[newest]] = (await database.query(
        'select cast(max(collector_tstamp) as varchar(30)) from derived.base_event_id_manifest',
      )) as [[Value]]
      assert.deepEqual([progress?.caughtUp, progress?.readUpTo, progress?.newest], [true, newest, newest])
    })

    test('writes the metadata that its steps one by one would write', async () => {
      await begin(first)
      const runs = new ModuleRuns(standard, driver, dialect)
      await caughtUp(runs)
      for (const module of ['base', 'page_views', 'sessions', 'users'])
        for (const part of [module, `${module}.complete`]) {
          const { code, results } = await runs.run(part, { ...variables, ends_run: false })
          assert.equal(code, 0)
          assert.ok(results.every(({ foundNothing }) => !foundNothing))
        }
      assert.deepEqual(await lastRun(), nothingNew)
    })

    test('finds what is loaded later', async () => {
      await begin(first)
      const runs = new ModuleRuns(standard, driver, dialect)
      await caughtUp(runs)
      await counted(runs)
      await loadEvents(database, second, joined([first, second]))
      await counted(runs)
      await caughtUp(runs)
      await assertWebTables(database, webModel(data, variables), 'later')
    })

    test('may die at each of its statements', async () => {
      await begin(first, second)
      const runs = new ModuleRuns(standard, driver, dialect)
      await caughtUp(runs)
      const tables = await withoutMetadata()
      const { sent } = await counted(runs)
      for (let at = 0; at < sent; at += 1) {
        await runs.run('', { ...variables }, troubleAt({ kind: 'dies', at }))
        await counted(runs)
        assert.deepEqual(await withoutMetadata(), tables, `statement ${at}`)
      }
    })

    test('takes up the rows that a module has left between two steps', async () => {
      await begin(first)
      const runs = new ModuleRuns(standard, driver, dialect)
      await caughtUp(runs)
      await loadEvents(database, second, joined([first, second]))
      await caughtUp(runs, 'base base.complete')
      const { results } = await counted(runs)
      const rested = results.filter(({ foundNothing }) => foundNothing).map(({ step }) => step.module)
      assert.deepEqual([...new Set(rested)], [], 'base hands on to page views and rests with it alone')
      await assertWebTables(database, webModel(data, variables), 'left over')
    })

    test('brings an empty production table up to date from the one above it', async () => {
      await begin(first, second)
      const runs = new ModuleRuns(standard, driver, dialect)
      await caughtUp(runs)
      await database.query('delete from derived.sessions')
      await counted(runs)
      await assertWebTables(database, webModel(data, variables), 'emptied')
    })

    test('runs custom models, on scratch tables without rows', async () => {
      await begin(first, second)
      const runs = new ModuleRuns(withModels, driver, dialect)
      await caughtUp(runs)
      const views = 'select domain_sessionid, views from derived.session_views order by 1'
      const before = await database.query(views)
      assert.equal(before.length, webModel(data, variables).sessions.length)
      await database.query('insert into other.turns values (7)')
      await counted(runs)
      assert.deepEqual(await database.query('select n, sessions from derived.turns'), [[7, 0]])
      assert.deepEqual(await database.query(views), before)
    })

    test('runs hooks: a module that has one leaves nothing out', async () => {
      await begin(first)
      const runs = new ModuleRuns(withHook, driver, dialect)
      await caughtUp(runs)
      await database.query('delete from other.turns')
      const { results } = await counted(runs)
      assert.deepEqual(await database.query('select n from other.turns'), [[100]])
      assert.ok(results.every(({ step, foundNothing }) => step.module !== 'sessions' || !foundNothing))
    })

    test('builds the scratch tables that cleanup_mode keeps', async () => {
      await begin(first)
      const runs = new ModuleRuns(standard, driver, dialect)
      await caughtUp(runs)
      await counted(runs, { cleanup_mode: 'debug' })
      assert.deepEqual(await database.query('select count(*) from scratch.sessions_this_run'), [[0]])
    })

    test('writes its row of the metadata once, where the run goes on', async () => {
      await begin(first)
      const runs = new ModuleRuns(standard, driver, dialect)
      await caughtUp(runs)
      const ends_run = false
      await counted(runs, { ends_run })
      await counted(runs, { ends_run })
      assert.deepEqual(await lastRun(), nothingNew)
    })
  })
}

test('a run with nothing new says so of each step, on the terminal and in its results', async () => {
  const database = await openTestDatabase()
  try {
    await createPageViewsTable(database, 'scratch.page_views_staged')
    await stagePageViews(database, 'scratch.page_views_staged', [
      { id: 'a1', session: 'a', start: '2024-01-01 10:00:00' },
    ])
    const project = temporaryProject({
      'seshat.yml': `name: t\nprofile: test\n${sessionsAndUsers}`,
      'profiles.yml': database.profiles,
    })
    await database.release()
    for (const said of ['1 row', 'nothing new']) {
      const { code, stdout, stderr } = await project.seshat('run')
      assert.equal(code, 0, stdout + stderr)
      assert.match(stdout, new RegExp(`ok +sessions_this_run +scratch +${said} `))
      assert.match(stdout, /sessions written +\d/)
    }
    const { results } = JSON.parse(
      readFileSync(join(project.directory, 'target/run_results.json'), 'utf8'),
    ) as RunResults
    assert.deepEqual(
      new Set(results.map(({ status, message }) => `${status}: ${message}`)),
      new Set(['success: nothing new']),
    )
  } finally {
    await database.close()
  }
})
