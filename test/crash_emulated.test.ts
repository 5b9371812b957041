// Redshift's and Snowflake's plans, where scratch tables are logged, a create or drop commits (Snowflake) and rows have no
// versions, disturbed between their own statements on the emulation. That a dead holder's lease lapses is in test/driver_redshift.test.ts.

import assert from 'node:assert/strict'
import { after, before, describe, test } from 'node:test'
import type { Dialect } from '../adapters/dialect.js'
import { connectPostgres } from '../adapters/postgres/driver.js'
import { redshiftDialect } from '../adapters/redshift/dialect.js'
import { snowflakeDialect } from '../adapters/snowflake/dialect.js'
import { compilePlan } from '../compiler/compile.js'
import { oneConnection } from '../compiler/connections.js'
import type { Plan } from '../compiler/plan.js'
import { loadProject } from '../compiler/project.js'
import { corpusOf, corpusProject } from './crash/corpus.js'
import { emulatedGround, madeOnce } from './crash/emulated_ground.js'
import { disturbEverywhere, type Ground, told } from './crash/every_border.js'
import { amount } from './crash/how_much.js'
import { type CrashServer, startCrashServer } from './crash/server.js'
import { redshiftEmulation } from './emulation/redshift.js'
import { snowflakeEmulation } from './emulation/snowflake.js'
import { execute } from './module_runs.js'
import { joined } from './oracle/web_data.js'
import { emulatedWarehouses } from './warehouses.js'

const corpus = corpusOf(12)
/** No table is emptied by a server that stops. */
const faults = ['dies before', 'dies after'] as const

if (process.env['SESHAT_TEST_POSTGRES'])
  describe('an emulated warehouse that is disturbed at any statement', () => {
    let server: CrashServer
    const project = corpusProject(corpus)
    before(async () => {
      server = await startCrashServer()
    })
    after(() => server.remove())

    const planOf = (dialect: Dialect, fullRefresh = false): Plan =>
      compilePlan(loadProject(project.directory, undefined), {
        dialect,
        target: 'dev',
        select: [],
        exclude: [],
        fullRefresh,
      }).plan

    for (const [dialect, emulation] of [
      [redshiftDialect, redshiftEmulation],
      [snowflakeDialect, snowflakeEmulation],
    ] as const) {
      const { name } = dialect
      const ground: Ground = emulatedGround(() => server, name, emulation)
      /** All loads but the last are read. */
      const prepare = async (): Promise<string> => {
        const warehouse = emulatedWarehouses.find(entry => entry.dialect === dialect)
        assert.ok(warehouse)
        const prepared = await server.create()
        const connected = await connectPostgres(server.direct(prepared), 'seshat tests')
        for (const sql of madeOnce(emulation)) await connected.execute(sql)
        await connected.close()
        const looking = server.look(prepared)
        await warehouse.createEvents(looking)
        for (const [index, load] of corpus.loads.entries()) {
          await warehouse.loadEvents(looking, load, joined(corpus.loads))
          if (index === corpus.loads.length - 1) break
          const { driver } = await ground.open(prepared)
          const { code, diagnostics } = await execute(planOf(dialect), oneConnection(driver), true)
          assert.equal(code, 0, JSON.stringify(diagnostics))
          await driver.close()
        }
        await looking.close()
        await server.settled(prepared)
        return prepared
      }

      test(`${name}, every statement of a run: the tables are those of an undisturbed one`, async t => {
        const plan = planOf(dialect)
        const count = await disturbEverywhere(server, {
          ground,
          plan,
          again: [{ plan }],
          prepared: await prepare(),
          corpus,
          faults,
          sample: amount<number | 'every statement'>('every statement', Infinity, Infinity),
        })
        t.diagnostic(told(name, count))
        assert.deepEqual(count.differences, [])
      })

      // A session without rows keeps its version, until the next rows that it gets: how many do depends on the way taken.
      test(`${name}, every statement of a rebuild's swap: it is given again, or given up for a run`, async t => {
        const plan = planOf(dialect, true)
        const count = await disturbEverywhere(server, {
          ground,
          plan,
          again: [
            { plan },
            { plan: planOf(dialect), leaves: relation => /__rebuild$|_written$/.test(relation) },
          ],
          prepared: await prepare(),
          corpus,
          faults,
          sample: amount<number | 'every statement'>('every statement', Infinity, Infinity),
          only: segment => segment === 'run.swap',
        })
        t.diagnostic(told(`${name}, rebuild`, count))
        assert.deepEqual(count.differences, [])
      })
    }
  })
