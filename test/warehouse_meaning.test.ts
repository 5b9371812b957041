// The compiled SQL of Redshift and Snowflake, executed on emulations: adversarial events, loaded in one batch or in many,
// must give the rows of the oracle, as they do on Postgres.

import assert from 'node:assert/strict'
import { after, before, describe, test } from 'node:test'
import type { Driver, Value } from '../adapters/driver.js'
import { askReport } from '../compiler/report_answers.js'
import type { ReportQuestions } from '../compiler/report_questions.js'
import { ModuleRuns, troubleAt } from './module_runs.js'
import { EVENT_RATES, randomVariables } from './oracle/event_rates.js'
import { webEvents } from './oracle/event_rows.js'
import { loadBatches } from './oracle/load_batches.js'
import { random } from './oracle/random.js'
import { joined } from './oracle/web_data.js'
import { webModel } from './oracle/web_model.js'
import { type TestDatabase, temporaryProject } from './support.js'
import { seedsOf } from './test_seeds.js'
import { emulatedWarehouses } from './warehouses.js'
import { assertWebTables, dropSchemas } from './web_tables.js'

const project = temporaryProject({
  'seshat.yml': 'name: t\nprofile: test\n',
  'models/session_views.sql': `{{ config(materialized='incremental', unique_key='domain_sessionid', time_key='start_tstamp', replaces='sessions_batch') }}
select s.domain_sessionid, s.start_tstamp, s.page_views as views from {{ ref('sessions_this_run') }} as s`,
})

/** How many of these times lie on each of the last days that have one, by day. */
function lastDays(times: readonly Value[], count: number): ReadonlyMap<string, number> {
  const days = times.map(time => String(time).slice(0, 10)).sort()
  const newest = Date.parse(days.at(-1) ?? '')
  const found = new Map<string, number>()
  for (const day of days)
    if (newest - Date.parse(day) < count * 86_400_000) found.set(day, (found.get(day) ?? 0) + 1)
  return found
}

/** The days that the report of a run tells; those without rows say nothing here. */
async function daysTold(
  driver: Driver,
  { eachRun, atEnd }: ReportQuestions,
): Promise<ReadonlyMap<string, number>> {
  const days = new Map<string, number>()
  await askReport(driver, [...eachRun, ...atEnd], new Set(), {
    told: part => {
      if (part.kind === 'per_day') for (const { day, rows } of part.days) if (rows > 0) days.set(day, rows)
    },
    failed: diagnostic => assert.fail(JSON.stringify(diagnostic)),
  })
  return days
}

for (const { name, dialect, open, createEvents, loadEvents } of emulatedWarehouses) {
  describe(`the web model on ${name}`, () => {
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

    for (const seed of seedsOf(process.env['SESHAT_TEST_SEEDS'] ?? '1..4')) {
      test(`the rows are those of the events, seed ${seed}`, async () => {
        const from = random(seed)
        const variables = randomVariables(from)
        const data = webEvents({ seed, variables, rates: EVENT_RATES })
        const loads = loadBatches(data, variables, { seed, loads: from.int(1, 4) })
        const context = `seed ${seed} ${JSON.stringify(variables)}`
        await createEvents(database)
        await dropSchemas(database)
        const runs = new ModuleRuns(project, driver, dialect)
        for (const events of loads) {
          await loadEvents(database, events, joined(loads))
          await runs.run('', { ...variables }, troubleAt({ kind: 'dies', at: from.int(0, 220) }))
        }
        const { code, diagnostics } = await runs.run('', { ...variables }, undefined, { untilCaughtUp: true })
        assert.equal(
          code,
          0,
          `${context}\n${diagnostics.map(({ message, cause }) => `${message} ${cause}`).join('\n')}`,
        )
        const expected = webModel(joined(loads), variables)
        await assertWebTables(database, expected, context)
        assert.deepEqual(
          await database.query('select domain_sessionid, views from derived.session_views order by 1'),
          await database.query('select domain_sessionid, page_views from derived.sessions order by 1'),
        )
        const { plan } = runs.compile([], { ...variables })
        const days = lastDays((await database.query('select start_tstamp from derived.sessions')).flat(), 7)
        assert.deepEqual(await daysTold(driver, plan.report), days, context)
      })
    }
  })
}
