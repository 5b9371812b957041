// Plan + Connections -> StepResult[]: runs every statement. Steps that do not depend on one another run at once, as many as
// there are threads; a failed step skips what comes after it in the graph and nothing else. Emits events; prints nothing.

import type { Driver } from '../adapters/driver.js'
import { type BatchOptions, BatchRunner } from './batch_runner.js'
import { describeFindings } from './checks.js'
import type { Connections } from './connections.js'
import { type Diagnostic, error, Faults } from './diagnostics.js'
import type { Plan, Step } from './plan.js'
import { askReport, type ReportSink } from './report_answers.js'
import type { ReportQuestion } from './report_questions.js'
import type { Progress } from './reports.js'
import { runStep } from './run_step.js'
import { Standing } from './standing.js'
import type { Batch } from './statement.js'
import { StepQueue } from './step_queue.js'
import { isDone, type StepResult } from './step_result.js'
import type { UnitTest } from './unit_tests/unit_test.js'

interface ExecuteEvents {
  started(step: Step): void
  finished(result: StepResult): void
  /** A run is done and another follows, since there is more to read. */
  goesOn(progress: Progress): void
}

/** Its lock is held by the main connection, and checked before each commit. */
export interface ExecuteOptions extends BatchOptions {
  readonly connections: Connections
  readonly events: ExecuteEvents
  /** Folder of the compiled files, for the places of faults. */
  readonly compiledFolder: string
  /** Seconds of some clock that only goes forward. */
  readonly clock: () => number
  /** When it aborts, the statement under way is cancelled and the steps left are skipped. */
  readonly signal: AbortSignal
  /** Is told what the report's questions come to; without it they are not asked. */
  readonly report?: ReportSink
  /** Runs a unit test; gives what is wrong. */
  readonly unitTest?: ((unitTest: UnitTest) => Promise<readonly Diagnostic[]>) | undefined
  /** Runs the plan again until it has caught up with its input. A plan with something to do afterwards always does. */
  readonly untilCaughtUp: boolean
}

/**
 * @returns a result for each step of each run, in their order
 * @throws Faults (2) when the preflight finds an input missing: nothing was changed; (1) when opening the run fails, or
 * when runs make no headway
 */
export async function executePlan(plan: Plan, given: ExecuteOptions): Promise<readonly StepResult[]> {
  const options = { ...given, standing: new Standing() }
  const { connections, signal } = options
  const missing = await findMissing(plan, connections.main)
  if (missing.length > 0) throw new Faults(missing)
  const cancel = (): void => connections.cancel()
  signal.addEventListener('abort', cancel)
  try {
    await runOutside(plan.beginning, 'run.begin', options)
    const results = await runUntilDone(plan, options)
    const done = results.every(isDone) && !signal.aborted
    const last = done ? await runSteps(plan.afterwards, options, []) : []
    await ask(plan.report.atEnd, [...results, ...last], options)
    return [...results, ...last]
  } finally {
    signal.removeEventListener('abort', cancel)
  }
}

async function runUntilDone(plan: Plan, options: ExecuteOptions): Promise<readonly StepResult[]> {
  const repeats = options.untilCaughtUp || plan.afterwards.length > 0
  const results: StepResult[] = []
  for (let before: Progress | undefined; ; ) {
    const once = results.filter(({ step }) => step.seed || step.unitTest)
    const run = await runOnce(plan, options, once)
    results.push(...run)
    const progress = run.flatMap(({ reports }) => reports.flatMap(report => report.progress))
    const behind = progress.find(({ caughtUp }) => !caughtUp)
    const failed = !run.every(isDone)
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

/** @param done results of steps that need not be run again: unit tests, and seeds, which an earlier run has loaded */
async function runOnce(
  plan: Plan,
  given: ExecuteOptions,
  done: readonly StepResult[],
): Promise<readonly StepResult[]> {
  const options = { ...given, atRest: new Set<string>() }
  let results: readonly StepResult[]
  try {
    await runOutside(plan.opening, 'run.open', options)
    results = await runSteps(plan.steps, options, done)
  } finally {
    await closeRun(plan, options)
  }
  await ask(plan.report.eachRun, results, options)
  return results
}

/** What was asked of modules that have committed nothing would be told of an earlier run. */
async function ask(
  questions: readonly ReportQuestion[],
  results: readonly StepResult[],
  { connections, report, signal }: ExecuteOptions,
): Promise<void> {
  const committed = results.flatMap(({ step, status }) =>
    step.kind === 'commit' && status === 'success' ? [step.module] : [],
  )
  if (report && committed.length > 0 && !signal.aborted)
    await askReport(connections.main, questions, new Set(committed), report)
}

/** Statements that belong to no step. */
async function runOutside(batches: readonly Batch[], step: string, options: ExecuteOptions): Promise<void> {
  const runner = new BatchRunner(options.connections.main, options, step)
  for (const batch of batches) await runner.run(batch)
}

async function runSteps(
  steps: readonly Step[],
  options: ExecuteOptions,
  done: readonly StepResult[],
): Promise<readonly StepResult[]> {
  const results = new Map(done.map(result => [result.step.id, result]))
  const planned = steps.filter(({ id }) => !results.has(id))
  const queue = new StepQueue(planned, results)
  const finish = (result: StepResult): void => {
    results.set(result.step.id, result)
    queue.ended(result.step.id)
    options.events.finished(result)
  }
  const running = new Set<Promise<void>>()
  const start = (step: Step): void => {
    if (mustSkip(step, results, options.signal)) {
      finish(skipped(step))
      return
    }
    const work = runStep(step, options)
      .then(finish)
      .finally(() => running.delete(work))
    running.add(work)
  }
  try {
    while (queue.left > 0) {
      const next = running.size < options.connections.threads ? queue.take() : undefined
      if (next) start(next)
      else await Promise.race(running)
    }
    await Promise.all(running)
  } finally {
    await Promise.allSettled(running) // before anybody closes their connections
  }
  return planned.flatMap(({ id }) => results.get(id) ?? [])
}

async function findMissing(plan: Plan, driver: Driver): Promise<readonly Diagnostic[]> {
  const missing: Diagnostic[] = []
  for (const { check, sql } of plan.preflight) {
    if (check) missing.push(...describeFindings(check, 'preflight', await driver.execute(sql)))
  }
  return missing
}

/** A connection that is gone cannot be told good-bye; the next run then finds the mark and knows that this one died. */
async function closeRun(plan: Plan, options: ExecuteOptions): Promise<void> {
  try {
    // Also after an interruption.
    const { signal } = new AbortController()
    await runOutside(plan.closing, 'run.close', { ...options, signal })
  } catch (cause) {
    if (!(cause instanceof Faults)) throw cause
  }
}

const mustSkip = (step: Step, results: ReadonlyMap<string, StepResult>, signal: AbortSignal): boolean =>
  signal.aborted ||
  step.after.some(id => {
    const before = results.get(id)
    return before === undefined || !isDone(before)
  })

const skipped = (step: Step): StepResult => ({
  step,
  status: 'skipped',
  rows: undefined,
  written: new Map(),
  seconds: 0,
  diagnostics: [],
  reports: [],
  foundNothing: false,
  tested: undefined,
})

/** The diagnostic for a run that was stopped from outside. */
export const interrupted = (): Diagnostic =>
  error('interrupted', 'the run was interrupted; its open transaction was rolled back', {
    hint: 'Run it again: it takes up everything that is not done.',
  })
