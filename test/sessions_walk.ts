// A seed -> a random walk through what can happen to sessions and users: staged rows written, written again and added
// to, every step of both modules in any order, and statements that fail. After each step both sides are compared.

import assert from 'node:assert/strict'
import type { Driver } from '../adapters/driver.js'
import type { Trouble } from './module_runs.js'
import { USERS } from './oracle/columns.js'
import { assertSameRows } from './oracle/compare.js'
import { pageViewBatches } from './oracle/page_view_rows.js'
import { type Random, random } from './oracle/random.js'
import { type Row, text } from './oracle/rows.js'
import { usersFrom } from './oracle/users.js'
import type { TestDatabase, TestProject } from './support.js'
import { type Selection, selections, type TwinOptions, WebTwin } from './web_twin.js'

const lookbacks = [30, 0, 3, null] as const
const onMisses = ['widen', 'ignore', 'error'] as const

/** Twelve seeds in a row try every lookback with every way to treat a miss. */
export function walkOptions(seed: number): TwinOptions {
  const from = random(seed).fork()
  return {
    upsert_lookback_days: lookbacks[seed % lookbacks.length] ?? null,
    on_lookback_miss: onMisses[seed % onMisses.length] ?? 'widen',
    cleanup_mode: from.pick(['all', 'all', 'debug', 'trace']),
    entropy: from.pick(['', '', '_walk']),
  }
}

const describeOptions = (options: TwinOptions): string =>
  `upsert_lookback_days ${options.upsert_lookback_days}, on_lookback_miss ${options.on_lookback_miss}, cleanup_mode ${options.cleanup_mode}`

/**
 * The batches of a walk. Outside of `widen` every row has a start: which rows without one `ignore` and `error` find is
 * ours to say, and the oracle says otherwise (sessions_laws.test.ts has our answer).
 */
function batchesOf(seed: number, options: TwinOptions): Row[][] {
  const batches = pageViewBatches({ seed, batches: 9, sessionsPerBatch: 5, pageViews: 4, returning: 0.65 })
  if (options.on_lookback_miss === 'widen') return batches
  const started = (row: Row): Row => ({ ...row, start_tstamp: row['start_tstamp'] ?? '2020-03-01 00:00:00' })
  return batches.map(batch => batch.map(started))
}

/**
 * Takes the walk; throws at the first difference, saying the seed and every step until there.
 * @param steps how many, beside those that bring everything to rest at the end
 */
export async function walk(
  database: TestDatabase,
  project: TestProject,
  driver: Driver,
  seed: number,
  steps: number,
): Promise<void> {
  const options = walkOptions(seed)
  const twin = await WebTwin.create(database, project, driver, options)
  const walker = new Walker(twin, random(seed), batchesOf(seed, options))
  const context = (): string =>
    `seed ${seed} (${describeOptions(options)})\n  after ${walker.taken.join('; ')}\n `
  try {
    await walker.begin()
    for (let step = 0; step < steps; step += 1) {
      await walker.step()
      await twin.compare(context())
    }
    await walker.rest()
    await twin.compare(context())
    const users = [...twin.state.users]
    assertSameRows(usersFrom(twin.state.sessions), users, USERS, `${context()}all users`)
  } catch (cause) {
    const message = cause instanceof Error ? cause.message : String(cause)
    throw message.includes(`seed ${seed} `) ? cause : new Error(`${context()} ${message}`, { cause })
  }
}

class Walker {
  readonly taken: string[] = []

  constructor(
    private readonly twin: WebTwin,
    private readonly from: Random,
    private readonly batches: Row[][],
  ) {}

  /** Users reads the tables of sessions: they have to be there, but may be empty. */
  async begin(): Promise<void> {
    if (this.from.chance(0.7)) await this.stage()
    await this.run('sessions')
  }

  async step(): Promise<void> {
    const { from } = this
    const steps: readonly (() => Promise<void>)[] = [
      () => this.stageAndRun(),
      () => this.stageAndRun(),
      () => this.stageAndRun(),
      () => this.stage(),
      () => this.addRow(),
      () => this.writeAgain(),
      () => this.touch(),
      () => this.run(from.pick(selections)),
      () => this.run(from.pick(selections)),
      () => this.run('sessions.complete'),
      () => this.runInTrouble(from.pick(selections)),
    ]
    await from.pick(steps)()
  }

  /** After this no user waits to be computed again. */
  async rest(): Promise<void> {
    while (this.batches.length > 0) await this.stage()
    await this.run('sessions')
    await this.run('sessions.complete')
    await this.run('users')
    await this.run('users.complete')
  }

  /** Where `error` finds a row outside the window, somebody may take the advice: the days named have to do. */
  private async run(selection: Selection): Promise<void> {
    this.taken.push(`run ${selection}`)
    const miss = await this.twin.run(selection)
    if (!miss || miss.daysThatWouldDo === null || !this.from.chance(0.7)) return
    this.taken.push(`run ${selection} with ${miss.daysThatWouldDo} days`)
    assert.equal(await this.twin.run(selection, { days: miss.daysThatWouldDo }), undefined)
  }

  private async stageAndRun(): Promise<void> {
    await this.stage()
    await this.run(this.from.pick(['sessions', 'sessions+']))
  }

  private async runInTrouble(selection: Selection): Promise<void> {
    // The most that a run has; trouble behind its last statement is none.
    const trouble: Trouble = { kind: this.from.pick(['fails', 'dies']), at: this.from.int(0, 75) }
    this.taken.push(`run ${selection} (${trouble.kind} at statement ${trouble.at}), again`)
    await this.twin.run(selection, { trouble })
  }

  private async stage(): Promise<void> {
    const batch = this.batches.shift()
    if (!batch) return this.writeAgain()
    this.taken.push(`stage ${batch.length} rows`)
    await this.twin.stage(batch)
  }

  /** A session that is staged; undefined where none is. */
  private session(): string | undefined {
    const ids = this.twin.state.staged.map(row => text(row, 'domain_sessionid')).filter(id => id !== null)
    return ids.length === 0 ? undefined : this.from.pick(ids)
  }

  private rowsOf(session: string): readonly Row[] {
    return this.twin.state.staged.filter(row => row['domain_sessionid'] === session)
  }

  private async writeAgain(): Promise<void> {
    const session = this.session()
    if (session === undefined) return
    this.taken.push(`write the rows of ${JSON.stringify(session)} again`)
    await this.twin.stage(this.rowsOf(session))
  }

  private async touch(): Promise<void> {
    const session = this.session()
    if (session === undefined) return
    this.taken.push(`update a row of ${JSON.stringify(session)}`)
    await this.twin.touch(session)
  }

  private async addRow(): Promise<void> {
    const session = this.session()
    if (session === undefined) return
    this.taken.push(`add a row to ${JSON.stringify(session)}`)
    const { from } = this
    const row = from.pick(this.rowsOf(session))
    const fresh = { page_view_id: from.uuid(), event_id: from.uuid(), page_title: 'added' }
    await this.twin.append([{ ...row, ...fresh }])
  }
}
