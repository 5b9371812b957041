// Plan + Driver -> StepResult[]: runs every statement in order. A failed step skips what comes after it in the graph and
// nothing else. Emits events; prints nothing.

import type { Driver } from '../adapters/driver.js'
import { StatementFault } from '../adapters/statement_fault.js'
import { compiledPath } from './artifacts.js'
import { describeFindings } from './checks.js'
import { type Diagnostic, error, Faults } from './diagnostics.js'
import type { Plan, SeedLoad, Step } from './plan.js'
import { type Progress, type Report, readReport } from './reports.js'
import { emptySeed } from './seed.js'
import { placeAt } from './source_file.js'
import { type Batch, renderBatches, type Statement } from './statement.js'

export interface StepResult {
  readonly step: Step
  readonly status: 'success' | 'error' | 'skipped'
  /** Rows that its counted statements changed; undefined where none counts. */
  readonly rows: number | undefined
  /** Rows written to lasting tables, by their names. */
  readonly written: ReadonlyMap<string, number>
  readonly seconds: number
  readonly diagnostics: readonly Diagnostic[]
  readonly reports: readonly Report[]
}

interface ExecuteEvents {
  started(step: Step): void
  finished(result: StepResult): void
  /** A run is done and another follows, since there is more to read. */
  goesOn(progress: Progress): void
}

export interface ExecuteOptions {
  readonly driver: Driver
  readonly events: ExecuteEvents
  /** Folder of the compiled files, for the places of faults. */
  readonly compiledFolder: string
  /** Seconds of some clock that only goes forward. */
  readonly clock: () => number
  /** When it aborts, the statement under way is cancelled and the steps left are skipped. */
  readonly signal: AbortSignal
  /** Runs the plan again until it has caught up with its input. A plan with something to do afterwards always does. */
  readonly untilCaughtUp: boolean
}

/**
 * @returns a result for each step of each run, in their order
 * @throws Faults (2) when the preflight finds an input missing: nothing was changed; (1) when opening the run fails, or
 * when runs make no headway
 */
export async function executePlan(plan: Plan, options: ExecuteOptions): Promise<readonly StepResult[]> {
  const { driver, signal } = options
  const missing = await findMissing(plan, driver)
  if (missing.length > 0) throw new Faults(missing)
  const cancel = (): void => void driver.cancel()
  signal.addEventListener('abort', cancel)
  try {
    for (const batch of plan.beginning) await runBatch(driver, batch, 'run.begin', new Tally())
    const results = await runUntilDone(plan, options)
    const done = results.every(({ status }) => status === 'success') && !signal.aborted
    const last = done ? await runSteps(plan.afterwards, options, []) : []
    return [...results, ...last]
  } finally {
    signal.removeEventListener('abort', cancel)
  }
}

async function runUntilDone(plan: Plan, options: ExecuteOptions): Promise<readonly StepResult[]> {
  const repeats = options.untilCaughtUp || plan.afterwards.length > 0
  const results: StepResult[] = []
  for (let before: Progress | undefined; ; ) {
    const seeds = results.filter(({ step }) => step.seed)
    const run = await runOnce(plan, options, seeds)
    results.push(...run)
    const progress = run.flatMap(({ reports }) => reports.flatMap(report => report.progress))
    const behind = progress.find(({ caughtUp }) => !caughtUp)
    const failed = run.some(({ status }) => status !== 'success')
    if (!repeats || !behind || failed || options.signal.aborted) return results
    if (before && before.readUpTo === behind.readUpTo) throw new Faults([noHeadway(behind)], 1)
    options.events.goesOn(behind)
    before = behind
  }
}

const noHeadway = ({ readUpTo }: Progress): Diagnostic =>
  error('no-headway', `another run would read nothing new: it stands at ${readUpTo ?? 'the beginning'}`, {
    hint: 'Select the complete step of the module that reads the events as well: it notes what was read.',
  })

/** @param done results of steps that need not be run again: seeds, which an earlier run has loaded */
async function runOnce(
  plan: Plan,
  options: ExecuteOptions,
  done: readonly StepResult[],
): Promise<readonly StepResult[]> {
  try {
    for (const batch of plan.opening) await runBatch(options.driver, batch, 'run.open', new Tally())
    return await runSteps(plan.steps, options, done)
  } finally {
    await closeRun(plan, options.driver)
  }
}

async function runSteps(
  steps: readonly Step[],
  options: ExecuteOptions,
  done: readonly StepResult[],
): Promise<readonly StepResult[]> {
  const results = new Map(done.map(result => [result.step.id, result]))
  for (const step of steps.filter(({ id }) => !results.has(id))) {
    const result = mustSkip(step, results, options.signal) ? skipped(step) : await runStep(step, options)
    results.set(step.id, result)
    options.events.finished(result)
  }
  return [...results.values()].slice(done.length)
}

async function findMissing(plan: Plan, driver: Driver): Promise<readonly Diagnostic[]> {
  const missing: Diagnostic[] = []
  for (const { check, sql } of plan.preflight) {
    if (check) missing.push(...describeFindings(check, 'preflight', await driver.execute(sql)))
  }
  return missing
}

/** A connection that is gone cannot be told good-bye; the next run then finds the mark and knows that this one died. */
async function closeRun(plan: Plan, driver: Driver): Promise<void> {
  try {
    for (const batch of plan.closing) await runBatch(driver, batch, 'run.close', new Tally())
  } catch (cause) {
    if (!(cause instanceof Faults)) throw cause
  }
}

const mustSkip = (step: Step, results: ReadonlyMap<string, StepResult>, signal: AbortSignal): boolean =>
  signal.aborted || step.after.some(id => results.get(id)?.status !== 'success')

const skipped = (step: Step): StepResult => ({
  step,
  status: 'skipped',
  rows: undefined,
  written: new Map(),
  seconds: 0,
  diagnostics: [],
  reports: [],
})

/** What the statements of one step have come to so far. */
class Tally {
  rows: number | undefined
  readonly written = new Map<string, number>()
  readonly diagnostics: Diagnostic[] = []
  readonly reports: Report[] = []

  count(rows: number, table: string | undefined): void {
    this.rows = (this.rows ?? 0) + rows
    if (table !== undefined) this.written.set(table, (this.written.get(table) ?? 0) + rows)
  }
}

async function runStep(step: Step, options: ExecuteOptions): Promise<StepResult> {
  const { driver, events, clock } = options
  events.started(step)
  const start = clock()
  const tally = new Tally()
  const result = (status: StepResult['status']): StepResult => ({
    step,
    status,
    ...tally,
    seconds: clock() - start,
  })
  try {
    for (const batch of step.batches) await runBatch(driver, batch, step.id, tally, step.module)
    if (step.seed) tally.count(await loadSeed(driver, step.seed), step.id)
    return result('success')
  } catch (cause) {
    if (!(cause instanceof Faults)) throw cause
    tally.diagnostics.push(
      ...cause.diagnostics.map(found => locate(found, cause, step, options.compiledFolder)),
    )
    return result('error')
  }
}

async function loadSeed(driver: Driver, seed: SeedLoad): Promise<number> {
  const rows = await driver.transaction(async () => {
    await driver.execute(emptySeed(seed.table))
    return driver.load(seed.table.relation, seed.rows.columns, seed.rows.rows)
  })
  if (seed.analyze !== undefined) await driver.execute(seed.analyze)
  return rows
}

async function runBatch(
  driver: Driver,
  batch: Batch,
  step: string,
  tally: Tally,
  module = '',
): Promise<void> {
  const work = async (): Promise<void> => {
    for (const statement of batch.statements) await runStatement(driver, statement, step, tally, module)
  }
  return batch.transaction ? driver.transaction(work) : work()
}

async function runStatement(
  driver: Driver,
  statement: Statement,
  step: string,
  tally: Tally,
  module: string,
): Promise<void> {
  for (const query of statement.onlyIf ?? []) {
    const answer = await driver.execute(query)
    if (answer.rows[0]?.[0] !== true) return
  }
  const result = await driver.execute(statement.sql)
  if (statement.makesStatements) for (const [sql] of result.rows) await driver.execute(String(sql))
  if (statement.check) {
    const found = describeFindings(statement.check, step, result)
    const errors = found.filter(diagnostic => diagnostic.severity === 'error')
    if (errors.length > 0) throw new Faults(errors, 1)
    tally.diagnostics.push(...found)
  }
  if (statement.report) tally.reports.push(readReport(module, statement.report, result))
  if (statement.counts || statement.writes) tally.count(result.rowCount, statement.writes)
}

/**
 * A fault of a statement points into the compiled file, at the character that the server names, and says which file
 * that was made from; one of loading a seed points at the seed.
 */
function locate(diagnostic: Diagnostic, fault: Faults, step: Step, folder: string): Diagnostic {
  if (diagnostic.at || !(fault instanceof StatementFault)) return diagnostic
  const text = renderBatches(step.batches)
  const start = text.indexOf(`\n${fault.sql};`) + 1
  if (start > 0) {
    const at = placeAt(`${folder}/${compiledPath(step)}`, text, start + (fault.position ?? 0), 1)
    return {
      ...(step.file ? { hint: `Compiled from ${step.file}: correct it there.` } : {}),
      ...diagnostic,
      at,
    }
  }
  if (!step.seed || !step.file) return diagnostic
  return {
    hint: `Correct the file, or the types of its columns in seshat.yml: seeds: {${step.id}: {column_types: ...}}.`,
    ...diagnostic,
    at: placeAt(step.file, '', 0, 1),
  }
}

/** The diagnostic for a run that was stopped from outside. */
export const interrupted = (): Diagnostic =>
  error('interrupted', 'the run was interrupted; its open transaction was rolled back', {
    hint: 'Run it again: it takes up everything that is not done.',
  })
