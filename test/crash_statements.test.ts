// A run of the demo's plan on a Postgres server, disturbed before and after each single statement: its connection is cut
// before the statement arrives or before its answer does, which to the server is what a killed process is, or the server stops.
// Whatever happened, a run like any other ends in the tables of an undisturbed one. What a stopped server does to unlogged
// tables is done to them by statements here; test/crash_processes.test.ts really stops it, and really kills processes.

import assert from 'node:assert/strict'
import { after, before, describe, test } from 'node:test'
import { postgresDialect } from '../adapters/postgres/dialect.js'
import { connectPostgres } from '../adapters/postgres/driver.js'
import { compilePlan } from '../compiler/compile.js'
import { oneConnection } from '../compiler/connections.js'
import type { Plan } from '../compiler/plan.js'
import { loadProject } from '../compiler/project.js'
import { createAtomic, loadAtomic } from './atomic_events.js'
import { corpusOf, corpusProject } from './crash/corpus.js'
import { disturbEverywhere, faults, type Ground, told } from './crash/every_border.js'
import { amount } from './crash/how_much.js'
import { type CrashServer, startCrashServer } from './crash/server.js'
import { execute } from './module_runs.js'

if (process.env['SESHAT_TEST_POSTGRES'])
  describe('a run that is disturbed at any statement', () => {
    let server: CrashServer
    let prepared: string
    const corpus = corpusOf(7)
    const project = corpusProject(corpus)
    const planOf = (how: { fullRefresh?: boolean; select?: readonly string[] } = {}): Plan =>
      compilePlan(loadProject(project.directory, undefined), {
        dialect: postgresDialect,
        target: 'dev',
        select: [],
        exclude: [],
        fullRefresh: false,
        ...how,
      }).plan
    const ground: Ground = {
      name: 'Postgres',
      async open(database, cut) {
        const driver = await connectPostgres(server.through(database), 'seshat run')
        server.proxy.plan(database, cut)
        return { driver, counted: () => server.proxy.counted(database) }
      },
    }

    before(async () => {
      server = await startCrashServer()
      prepared = await server.create()
      const database = server.look(prepared)
      await createAtomic(database)
      for (const [index, load] of corpus.loads.entries()) {
        await loadAtomic(database, load)
        if (index === corpus.loads.length - 1) break
        const { driver } = await ground.open(prepared)
        assert.equal((await execute(planOf(), oneConnection(driver), true)).code, 0)
        await driver.close()
      }
      await database.close()
      await server.settled(prepared)
    })
    after(() => server.remove())

    test('every statement of a run: the tables are those of an undisturbed one', async t => {
      const plan = planOf()
      const again = [{ plan }]
      const count = await disturbEverywhere(server, {
        ground,
        plan,
        again,
        prepared,
        corpus,
        faults,
        sample: amount<number | 'every statement'>('every statement', Infinity, Infinity),
      })
      t.diagnostic(told('Postgres', count))
      assert.deepEqual(count.differences, [])
    })

    test('every statement of a rebuild around its runs: it is given again, or given up for a run', async t => {
      const plan = planOf({ fullRefresh: true })
      const again = [{ plan }, { plan: planOf(), leaves: (name: string) => name.endsWith('__rebuild') }]
      const only = (segment: string): boolean => /^run\.(begin|swap)$/.test(segment)
      const count = await disturbEverywhere(server, {
        ground,
        plan,
        again,
        prepared,
        corpus,
        faults,
        sample: amount<number | 'every statement'>('every statement', Infinity, Infinity),
        only,
      })
      t.diagnostic(told('Postgres, rebuild', count))
      assert.deepEqual(count.differences, [])
    })
  })
