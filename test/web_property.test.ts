// The whole web model against the oracle: adversarial events, loaded in one batch or in many, run all at once or module
// by module in any order, some of it failing half-way. Other seeds than the default: SESHAT_TEST_SEEDS=300, or SESHAT_TEST_SEEDS=17..17 for one.

import assert from 'node:assert/strict'
import { after, before, describe, test } from 'node:test'
import type { Driver } from '../adapters/driver.js'
import { createAtomic, loadAtomic } from './atomic_events.js'
import { connectTo, ModuleRuns, type Trouble, troubleAt } from './module_runs.js'
import { EVENT_RATES, randomVariables } from './oracle/event_rates.js'
import { webEvents } from './oracle/event_rows.js'
import { loadBatches } from './oracle/load_batches.js'
import { type Random, random } from './oracle/random.js'
import { joined, type WebVariables } from './oracle/web_data.js'
import { webModel } from './oracle/web_model.js'
import { databases, type TestDatabase, temporaryProject } from './support.js'
import { seedsOf } from './test_seeds.js'
import { assertWebTables, dropSchemas } from './web_tables.js'

/** A run of everything takes several times as long on PGlite behind its socket. */
const defaultSeeds: Readonly<Record<string, string>> = { PGlite: '1..10', Postgres: '11..50' }

/** What a scheduler may start between two loads; most of it leaves some module behind. */
const selections = [
  'base base.complete',
  'base+',
  'base base.complete page_views page_views.complete',
  'page_views page_views.complete',
  'sessions sessions.complete',
  'sessions+',
  'users users.complete',
  'base',
  'page_views',
  'base.complete',
  'page_views.complete',
]

class Walk {
  readonly taken: string[] = []

  constructor(
    private readonly runs: ModuleRuns,
    private readonly from: Random,
    private readonly variables: WebVariables,
  ) {}

  async run(select: string): Promise<boolean> {
    this.taken.push(select === '' ? 'run' : `run ${select}`)
    const { code, diagnostics, results } = await this.runs.run(select, { ...this.variables })
    const missing = diagnostics.every(({ code: found }) => found === 'missing-input-table')
    if (code === 2 && missing && diagnostics.length > 0) return false
    assert.equal(code, 0, diagnostics.map(({ message, cause }) => `${message} ${cause ?? ''}`).join('\n'))
    const progress = results.flatMap(({ reports }) => reports.flatMap(report => report.progress))
    return progress.some(({ caughtUp }) => !caughtUp)
  }

  async wander(): Promise<void> {
    for (let left = this.from.pick([0, 0, 1, 1, 3]); left > 0; left -= 1) {
      const select = this.from.chance(0.3) ? '' : this.from.pick(selections)
      if (this.from.chance(0.3)) await this.runInTrouble(select)
      else await this.run(select)
    }
  }

  /** A run that fails or dies somewhere; a later one has to make up for it. */
  private async runInTrouble(select: string): Promise<void> {
    const trouble: Trouble = { kind: this.from.pick(['fails', 'dies']), at: this.from.int(0, 220) }
    this.taken.push(`run ${select} (${trouble.kind} at statement ${trouble.at})`)
    await this.runs.run(select, { ...this.variables }, troubleAt(trouble))
  }

  /** Base until it has caught up, the others now and then, and all at the end. */
  async rest(): Promise<void> {
    const all = () => this.from.chance(0.25)
    // The most runs that a span of days can take, with a few to spare.
    for (let left = 3000; await this.run(all() ? '' : 'base base.complete'); left -= 1)
      assert.ok(left > 0, 'does not catch up')
    await this.run('')
  }
}

for (const { name, open } of databases) {
  describe(`the web model by the oracle on ${name}`, () => {
    let database: TestDatabase
    const project = temporaryProject({ 'seshat.yml': 'name: t\nprofile: test\n' })
    let driver: Driver
    before(async () => {
      database = await open()
      driver = await connectTo(database)
    })
    after(async () => {
      await driver.close()
      await database.close()
    })

    for (const seed of seedsOf(process.env['SESHAT_TEST_SEEDS'] ?? defaultSeeds[name] ?? '1..10')) {
      test(`law: all rows are those of the events, however they came, seed ${seed}`, async () => {
        const from = random(seed)
        const variables = randomVariables(from)
        const data = webEvents({ seed, variables, rates: EVENT_RATES })
        const loads = loadBatches(data, variables, { seed, loads: seed % 3 === 0 ? 1 : from.int(2, 10) })
        await createAtomic(database)
        await dropSchemas(database)
        const walk = new Walk(new ModuleRuns(project, driver), from, variables)
        const context = (): string =>
          `seed ${seed} ${JSON.stringify(variables)}\n  after ${walk.taken.join('; ')}\n `
        try {
          for (const [index, load] of loads.entries()) {
            walk.taken.push(`load ${index + 1} of ${loads.length} (${load.events.length} events)`)
            await loadAtomic(database, load)
            await walk.wander()
          }
          await walk.rest()
        } catch (cause) {
          throw new Error(`${context()} ${cause instanceof Error ? cause.message : String(cause)}`, { cause })
        }
        const expected = webModel(joined(loads), variables)
        await assertWebTables(database, expected, context())
      })
    }
  })
}
