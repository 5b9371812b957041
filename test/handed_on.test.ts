// Rows that are handed on from module to module within a run: the same as when they are staged, whatever was staged before and
// whatever fails on the way, on every warehouse; and the plans in which they are staged all the same.

import assert from 'node:assert/strict'
import { after, before, beforeEach, describe, test } from 'node:test'
import type { Driver } from '../adapters/driver.js'
import { renderBatches } from '../compiler/statement.js'
import { ModuleRuns, type Outcome, type Variables } from './module_runs.js'
import { NO_EVENT_RATES } from './oracle/event_rates.js'
import { webEvents } from './oracle/event_rows.js'
import { loadBatches } from './oracle/load_batches.js'
import { joined, WEB_DEFAULTS, type WebData } from './oracle/web_data.js'
import { webModel } from './oracle/web_model.js'
import { type TestDatabase, temporaryProject } from './support.js'
import { warehouses } from './warehouses.js'
import { assertWebTables, dropSchemas } from './web_tables.js'

const variables = { ...WEB_DEFAULTS, start_date: '2024-01-01' }
const data = webEvents({ seed: 3, variables, rates: NO_EVENT_RATES })
const [first, second] = loadBatches(data, variables, { seed: 3, loads: 2 }) as [WebData, WebData]
const settings = { 'seshat.yml': 'name: t\nprofile: test\n' }
const standard = temporaryProject(settings)
const table = "{{ config(materialized='table') }}\n"
const withModel = (sql: string, more = '') =>
  temporaryProject({ ...settings, 'models/own.sql': `${table}${more}${sql}` })
const broken = withModel(
  "select count(*) / (select count(*) * 0 from {{ source('atomic', 'events') }} as e) as sessions from {{ ref('sessions_this_run') }} as s",
)
const brokenBehindPageViews = withModel(
  "select count(*) / (select count(*) * 0 from {{ source('atomic', 'events') }} as e) as views from {{ ref('page_views') }} as p",
)

describe('which staged tables a plan writes', () => {
  /** Of the two that may be handed on, in a plan of these words. */
  const staged = (
    project = standard,
    select: readonly string[] = [],
    more: Variables = {},
  ): readonly string[] => {
    const runs = new ModuleRuns(project, undefined as never)
    const { plan } = runs.compile(select, { ...variables, ...more })
    return ['events_staged', 'page_views_staged'].filter(name =>
      plan.steps.some(
        ({ kind, batches }) =>
          kind === 'commit' && renderBatches(batches).includes(`insert into scratch.${name} (`),
      ),
    )
  }
  const both = ['events_staged', 'page_views_staged']

  test('none where all modules run whole', () => {
    assert.deepEqual(staged(), [])
    assert.deepEqual(staged(standard, ['base+']), [])
  })

  test('those of modules that do not run whole, with the next one', () => {
    assert.deepEqual(staged(standard, ['base', 'page_views', 'sessions']), both)
    assert.deepEqual(staged(standard, ['module:base', 'module:page_views']), ['page_views_staged'])
    assert.deepEqual(staged(standard, ['page_views+']), [])
    assert.deepEqual(staged(standard, ['module:base']), ['events_staged'])
  })

  test('those with a hook; grants are granted all the same', () => {
    const withConfig = (config: string) =>
      temporaryProject({
        ...settings,
        'models/models.yml': `models: [{name: events_staged, config: ${config}}]\n`,
      })
    assert.deepEqual(staged(withConfig('{post_hook: [select 1]}')), ['events_staged'])
    const granted = withConfig('{grants: {select: reader}}')
    assert.deepEqual(staged(granted), [])
    const { plan } = new ModuleRuns(granted, undefined as never).compile([], { ...variables })
    const commit = plan.steps.find(({ id }) => id === 'base.commit')
    assert.match(renderBatches(commit?.batches ?? []), /grant select on scratch\.events_staged to reader/)
  })

  test('those of modules with stage_next: true', () => {
    assert.deepEqual(staged(standard, [], { base: { stage_next: true } }), ['events_staged'])
    assert.deepEqual(staged(standard, [], { stage_next: true, sessions: { stage_next: 'auto' } }), both)
  })

  test('those that a model of the project reads, or whose rows it would miss', () => {
    const reads = (name: string) => staged(withModel(`select count(*) as n from {{ ref('${name}') }} as x`))
    assert.deepEqual(reads('events_staged'), ['events_staged'])
    assert.deepEqual(reads('page_views_staged'), ['page_views_staged'])
    assert.deepEqual(reads('page_views_this_run'), ['events_staged'])
    assert.deepEqual(reads('sessions_batch'), ['page_views_staged'])
    assert.deepEqual(reads('sessions_replaced'), ['page_views_staged'])
    assert.deepEqual(reads('events_this_run'), [])
    assert.deepEqual(reads('sessions'), [])
    const through = temporaryProject({
      ...settings,
      'models/between.sql': `{{ config(materialized='ephemeral') }}\nselect s.domain_sessionid from {{ ref('sessions_this_run') }} as s`,
      'models/own.sql': `${table}select count(*) as n from {{ ref('between') }} as b`,
    })
    assert.deepEqual(staged(through), ['page_views_staged'])
  })

  test('those that a data test reads, unless it waits until nothing is staged', () => {
    const stagesFor = (config: string): boolean => {
      const project = temporaryProject({
        ...settings,
        'tests/none.sql': `${config}\nselect s.event_id from {{ ref('events_staged') }} as s where s.event_id is null`,
      })
      const runs = new ModuleRuns(project, undefined as never)
      const { plan } = runs.compile([], { ...variables }, { tests: 'data' })
      const commit = plan.steps.find(({ id }) => id === 'base.commit')
      return renderBatches(commit?.batches ?? []).includes('insert into scratch.events_staged (')
    }
    assert.deepEqual(["{{ config(severity='warn') }}", "{{ config(after='complete') }}"].map(stagesFor), [
      true,
      false,
    ])
  })

  test('all of them where one who takes rows waits for the complete step itself', () => {
    const column = '{name: k, type: varchar(36)}'
    const entry = (name: string, more: string): string =>
      `  ${name}: {description: Keys., unique_key: k, columns: [${column}], ${more}}\n`
    const module = (...tables: readonly string[]): string => `description: Own.\ntables:\n${tables.join('')}`
    const modules = (seen: string) =>
      temporaryProject({
        ...settings,
        'models/a/module.yml': module(
          entry('a_rows', 'materialized: staged, replaces: a_batch'),
          entry('a_seen', 'materialized: manifest'),
        ),
        'models/a/a_batch.sql': "select s.k from {{ source('other', 'keys') }} as s",
        'models/a/a_rows.sql': "select b.k from {{ ref('a_batch') }} as b",
        'models/a/a_seen.sql': "select b.k from {{ ref('a_batch') }} as b",
        'models/b/module.yml': module(entry('b_rows', 'materialized: incremental')),
        'models/b/b_rows.sql': `select r.k from {{ ref('a_rows') }} as r left join ${seen} as s on s.k = r.k`,
      })
    assert.deepEqual(staged(modules("{{ source('other', 'keys') }}")), [])
    assert.deepEqual(staged(modules("{{ ref('a_seen') }}")), both)
  })

  test('complete steps of those who hand on come when who takes the rows has committed', () => {
    const { plan } = new ModuleRuns(standard, undefined as never).compile([], { ...variables })
    const ids = plan.steps.map(({ id }) => id)
    for (const [giver, taker] of [
      ['base', 'page_views'],
      ['base', 'sessions'],
      ['page_views', 'sessions'],
    ]) {
      const complete = plan.steps.find(({ id }) => id === `${giver}.complete`)
      assert.ok(complete?.after.includes(`${taker}.commit`), `${giver}.complete after ${taker}.commit`)
      assert.ok(ids.indexOf(`${giver}.complete`) > ids.indexOf(`${taker}.commit`))
    }
    const steps = new Set(ids)
    for (const { id, after: behind } of plan.steps)
      for (const other of behind)
        assert.ok(steps.has(other) && ids.indexOf(other) < ids.indexOf(id), `${other} before ${id}`)
  })
})

for (const { name, dialect, open, createEvents, loadEvents } of warehouses) {
  describe(`rows that are handed on, on ${name}`, () => {
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
      await createEvents(database)
      await dropSchemas(database)
    })

    const load = (events: WebData): Promise<void> => loadEvents(database, events, joined([first, second]))
    const on = (project = standard): ModuleRuns => new ModuleRuns(project, driver, dialect)
    const run = (runs: ModuleRuns, select = '', more: Variables = {}): Promise<Outcome> =>
      runs.run(select, { ...variables, ...more }, undefined, { untilCaughtUp: true })
    const done = async (runs: ModuleRuns, select = '', more: Variables = {}): Promise<void> => {
      const { code, diagnostics } = await run(runs, select, more)
      assert.equal(code, 0, JSON.stringify(diagnostics))
    }
    const fails = async (runs: ModuleRuns): Promise<void> => assert.equal((await run(runs)).code, 1)
    const count = async (from: string): Promise<number> =>
      Number((await database.query(`select count(*) from ${from}`))[0]?.[0])
    const isWhole = (events: WebData, context: string): Promise<void> =>
      assertWebTables(database, webModel(events, variables), context)
    const nothingStaged = async (): Promise<void> => {
      for (const table of [
        'events_staged',
        'events_staged_removed',
        'page_views_staged',
        'page_views_staged_removed',
      ])
        assert.equal(await count(`scratch.${table}`), 0, table)
    }
    const everything = joined([first, second])

    test('they are the rows of the events, load by load', async () => {
      const runs = on()
      for (const events of [first, second]) {
        await load(events)
        await done(runs)
        await nothingStaged()
      }
      await isWhole(everything, 'handed on')
    })

    test('what was staged before comes along, and gives way where its session goes on', async () => {
      const runs = on()
      await load(first)
      await done(runs, 'base base.complete')
      assert.ok((await count('scratch.events_staged')) > 0)
      await load(second)
      await done(runs)
      await nothingStaged()
      await isWhole(everything, 'behind staged events')
    })

    test('the same between page views and sessions', async () => {
      const runs = on()
      await load(first)
      await done(runs, 'base base.complete page_views page_views.complete')
      assert.ok((await count('scratch.page_views_staged')) > 0)
      await load(second)
      await done(runs)
      await nothingStaged()
      await isWhole(everything, 'behind staged page views')
    })

    test('sessions that lose all page views are gone', async () => {
      const runs = on()
      await load(first)
      await done(runs, 'base base.complete page_views page_views.complete')
      await database.query("update atomic.events set derived_tstamp = null where event_name = 'page_view'")
      await load(second)
      await database.query("update atomic.events set derived_tstamp = null where event_name = 'page_view'")
      await done(runs)
      const left = await database.query(
        'select distinct domain_sessionid from derived.page_views union select domain_sessionid from derived.sessions',
      )
      const taken = new Set(
        (await database.query('select session_id from derived.base_session_id_manifest')).flat().map(String),
      )
      assert.ok(taken.size > 0)
      const withNews = new Set(second.events.map(event => String(event['domain_sessionid'])))
      for (const [session] of left) assert.ok(!withNews.has(String(session)), `${session} was computed again`)
    })

    test('when sessions fails, nothing counts as read, whatever is completed then; the next run has it all', async () => {
      const runs = on()
      await load(first)
      await done(runs)
      await load(second)
      const noted = await count('derived.base_event_id_manifest')
      await database.query(
        'alter table derived.sessions add constraint none check (page_views < 0) not valid',
      )
      await fails(runs)
      assert.equal(await count('derived.base_event_id_manifest'), noted)
      for (const select of ['base.complete', 'page_views.complete', 'sessions.complete'])
        await done(runs, select)
      assert.equal(await count('derived.base_event_id_manifest'), noted)
      await database.query('alter table derived.sessions drop constraint none')
      await done(runs)
      await nothingStaged()
      await isWhole(everything, 'after a failure')
    })

    test('a model of the project that fails holds up its own module alone', async () => {
      await load(first)
      await fails(on(broken))
      assert.ok((await count('derived.base_event_id_manifest')) > 0)
      assert.ok((await count('scratch.page_views_staged')) > 0)
      await load(second)
      await done(on())
      await isWhole(everything, 'with staged page views')
      await nothingStaged()
    })

    test('where complete did not run, what it would have removed is not taken for news later', async () => {
      const runs = on()
      await load(first)
      await done(runs, 'base base.complete')
      await load(second)
      // Page views commits what base hands on; its complete step waits for the model that fails.
      await fails(on(brokenBehindPageViews))
      await done(runs)
      await isWhole(everything, 'after page views did not complete')
      await nothingStaged()
    })
  })
}
