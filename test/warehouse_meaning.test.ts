// The compiled SQL of Redshift and Snowflake, executed on emulations: adversarial events, loaded in one batch or in many,
// must give the rows of the oracle, as they do on Postgres.

import assert from 'node:assert/strict'
import { after, before, describe, test } from 'node:test'
import type { Dialect } from '../adapters/dialect.js'
import type { Driver } from '../adapters/driver.js'
import { redshiftDialect } from '../adapters/redshift/dialect.js'
import { snowflakeDialect } from '../adapters/snowflake/dialect.js'
import { addContextColumns, createAtomic, loadAtomic, loadContextColumns } from './atomic_events.js'
import { type Emulation, emulate } from './emulation/emulated_driver.js'
import { redshiftEmulation } from './emulation/redshift.js'
import { snowflakeEmulation } from './emulation/snowflake.js'
import { connectTo, ModuleRuns, troubleAt } from './module_runs.js'
import { PAGE_VIEWS, SESSIONS, USERS } from './oracle/columns.js'
import { assertSameRows } from './oracle/compare.js'
import { EVENT_RATES, randomVariables } from './oracle/event_rates.js'
import { webEvents } from './oracle/event_rows.js'
import { loadBatches } from './oracle/load_batches.js'
import { random } from './oracle/random.js'
import { joined, type WebData } from './oracle/web_data.js'
import { webModel } from './oracle/web_model.js'
import { openTestDatabase, type TestDatabase, temporaryProject } from './support.js'
import { seedsOf } from './test_seeds.js'

const warehouses: readonly {
  readonly dialect: Dialect
  readonly emulation: Emulation
  prepare(database: TestDatabase): Promise<void>
  load(database: TestDatabase, load: WebData, all: WebData): Promise<void>
}[] = [
  { dialect: redshiftDialect, emulation: redshiftEmulation, prepare: createAtomic, load: loadAtomic },
  {
    dialect: snowflakeDialect,
    emulation: snowflakeEmulation,
    prepare: addContextColumns,
    load: loadContextColumns,
  },
]

const project = temporaryProject({
  'seshat.yml': 'name: t\nprofile: test\n',
  'models/session_views.sql': `{{ config(materialized='incremental', unique_key='domain_sessionid', time_key='start_tstamp', replaces='sessions_batch') }}
select s.domain_sessionid, s.start_tstamp, s.page_views as views from {{ ref('sessions_this_run') }} as s`,
})

const tables = [
  [PAGE_VIEWS, 'pageViews'],
  [SESSIONS, 'sessions'],
  [USERS, 'users'],
] as const

for (const { dialect, emulation, prepare, load } of warehouses) {
  describe(`the web model on emulated ${dialect.name}`, () => {
    let database: TestDatabase
    let driver: Driver
    before(async () => {
      database = await openTestDatabase()
      driver = await emulate(await connectTo(database), emulation)
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
        await prepare(database)
        for (const schema of ['scratch', 'derived'])
          await database.query(`drop schema if exists ${schema} cascade`)
        const runs = new ModuleRuns(project, driver, dialect)
        for (const events of loads) {
          await load(database, events, joined(loads))
          await runs.run('', { ...variables }, troubleAt({ kind: 'dies', at: from.int(0, 350) }))
        }
        const { code, diagnostics } = await runs.run('', { ...variables }, undefined, { untilCaughtUp: true })
        assert.equal(
          code,
          0,
          `${context}\n${diagnostics.map(({ message, cause }) => `${message} ${cause}`).join('\n')}`,
        )
        const expected = webModel(joined(loads), variables)
        for (const [table, key] of tables)
          assertSameRows(
            expected[key],
            await database.rows(`select * from derived.${table.name}`),
            table,
            context,
          )
        assert.deepEqual(
          await database.query('select domain_sessionid, views from derived.session_views order by 1'),
          await database.query('select domain_sessionid, page_views from derived.sessions order by 1'),
        )
      })
    }
  })
}
