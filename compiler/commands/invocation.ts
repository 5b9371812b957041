// One invocation that changes a database: it takes the locks, executes plans one after another, keeps the journal of it and
// tells how it went. What the plans are, the commands decide.

import { randomUUID } from 'node:crypto'
import { relative } from 'node:path'
import type { Driver, QueryResult } from '../../adapters/driver.js'
import { writeCompiled, writeManifest } from '../artifacts.js'
import type { Table } from '../catalog.js'
import type { Compiled, CompiledPlan } from '../compile.js'
import { connectionsOf } from '../connections.js'
import { type Diagnostic, Faults } from '../diagnostics.js'
import { executePlan, interrupted } from '../execute.js'
import type { Profile } from '../profile.js'
import type { Project } from '../project.js'
import { sqlName } from '../relation.js'
import { type Retries, standardRetries } from '../repeat.js'
import { planHash } from '../replay.js'
import type { ReportPart } from '../report_answers.js'
import { RunJournal } from '../run_journal.js'
import { type RunReport, reportEntry, runReport } from '../run_report.js'
import { type Invocation, type RunResults, resultsVersion } from '../run_results.js'
import { packageVersion } from '../source_file.js'
import { type StatementTiming, tellTimings } from '../statement_timings.js'
import { isDone, type StepResult } from '../step_result.js'
import type { UnitTestRunner } from '../unit_tests/runner.js'
import { despiteLoss } from './attempts.js'
import { tellDryRun } from './dry_run.js'
import { resolvePath, targetDirectory } from './folders.js'
import { KeptOut, withLock } from './locked_work.js'
import type { Phase } from './phases.js'
import { printRows, withoutEmptyColumns } from './rows.js'
import { type CommandContext, type CommonOptions, lockKeys, threadsOf } from './session.js'

export type RunKind = 'run' | 'seed' | 'test' | 'build'

export interface InvocationInput {
  readonly kind: RunKind
  readonly options: CommonOptions
  readonly project: Project
  readonly profile: Profile
  /** All that its arguments select. */
  readonly whole: CompiledPlan
  /** Who runs its unit tests, if there are any. */
  readonly unitTests: UnitTestRunner | undefined
  /** In order; one after the first only as long as there is more to read. */
  readonly phases: readonly [Phase, ...Phase[]]
  /** The invocation that this one takes up. */
  readonly retryOf?: RunResults
  /** Looks, under the lock, whether there still is something to do. @throws Faults */
  readonly stillDue?: () => void
}

/** @returns the exit code: 0 done, 1 a step failed */
export async function invoke(input: InvocationInput, context: CommandContext): Promise<number> {
  const { options, project, profile, phases } = input
  const { reporter, signal } = context
  if (options.dryRun) {
    const place = profile.adapter.describe(profile.connection)
    return tellDryRun(phases[0].compiled.plan, input.retryOf ? 'retry' : input.kind, place, context)
  }
  const directory = targetDirectory(project, options)
  const place = announce(input, context)
  reporter.waiting(`opening ${place}`)
  const clock = (): number => performance.now() / 1000
  const start = clock()
  const journal = new RunJournal(directory, invocationOf(input, context), {
    clean: reporter.clean,
    warn: diagnostic => reporter.faults([diagnostic]),
  })
  const end = (status: 'success' | 'error', diagnostics: readonly Diagnostic[], report?: RunReport): void =>
    journal.end(
      {
        finished_at: new Date().toISOString(),
        seconds: Math.round((clock() - start) * 1000) / 1000,
        status: signal.aborted ? 'interrupted' : status,
        diagnostics,
        report: report ? reportEntry(report) : null,
      },
      phases[0].compiled.plan,
    )
  const command = input.retryOf ? 'retry' : input.kind
  const parts: ReportPart[] = []
  const timings: StatementTiming[] = []
  const stopwatch = options.timings
    ? {
        clock,
        told: (timing: StatementTiming) => timings.push(timing),
        measuring: profile.adapter.dialect.measuring,
      }
    : undefined
  const retries: Retries = {
    most: options.retries ?? standardRetries,
    signal,
    random: Math.random,
    told(retry) {
      journal.retried(retry)
      reporter.retrying(retry)
    },
  }
  const cancel = (): void => void input.unitTests?.cancel()
  signal.addEventListener('abort', cancel)
  try {
    let samples: readonly Sample[] = []
    const results = await despiteLoss(phases, input.whole, journal, retries, left =>
      withLock(project, profile, command, options, context, retries, async (driver, lock, open) => {
        const connections = connectionsOf(driver, threadsOf(profile, options), async () => {
          const another = await open()
          try {
            await another.share(lockKeys(project))
            // Seen after that, the lock stays ours as long as this connection lives.
            await lock.check()
            return another
          } catch (reason) {
            await another.close()
            throw reason
          }
        })
        if (!journal.begun) {
          input.stillDue?.()
          // Not before: these files are those of the run that holds the lock.
          if (hasStatements(input.whole)) {
            writeCompiled(directory, profile.target, phases[0].compiled)
            writeManifest(directory, new Map([[profile.target, input.whole]]))
          }
          journal.begin()
        }
        try {
          const executed = await executePhases(left, profile, context, directory, phase => {
            journal.startRun(phase.compiled.plan)
            return executePlan(phase.compiled.plan, {
              connections,
              lock,
              signal,
              clock,
              retries,
              stopwatch,
              untilCaughtUp: phase.untilCaughtUp,
              unitTest:
                input.unitTests && (unitTest => input.unitTests?.run(unitTest) ?? Promise.resolve([])),
              compiledFolder: `${options.targetPath}/compiled/${profile.target}`,
              report: {
                told: part => parts.push(part),
                failed: diagnostic => reporter.faults([diagnostic]),
              },
              events: {
                started: step => reporter.stepStarted(step),
                finished: result => {
                  journal.finished(result)
                  reporter.stepFinished(result)
                },
                goesOn: progress => {
                  journal.startRun(phase.compiled.plan)
                  reporter.goesOn(progress)
                },
              },
            })
          })
          const done = executed.every(isDone) && !signal.aborted
          if (done && wantsSamples(input)) samples = await readSamples(driver, input.whole)
          return executed
        } finally {
          await connections.close()
        }
      }),
    )
    const isRun = input.kind === 'run' || input.kind === 'build'
    const report = isRun ? runReport(project.modules, results, parts) : undefined
    end(results.every(isDone) ? 'success' : 'error', [], report)
    reporter.summary(results, clock() - start, report)
    if (options.timings) tellTimings(reporter, timings)
    for (const sample of samples) printSample(context, sample)
    if (signal.aborted) throw new Faults([interrupted()], 1)
    return results.every(isDone) ? 0 : 1
  } catch (cause) {
    // One that another run has kept out, or kept waiting, has done nothing, and the journal may be that run's.
    if (cause instanceof Faults && !journal.ended && (journal.begun || !(cause instanceof KeptOut)))
      end('error', cause.diagnostics)
    throw cause
  } finally {
    signal.removeEventListener('abort', cancel)
    await input.unitTests?.close()
  }
}

/** Unit tests leave nothing compiled: what an invocation before has left stays. */
const hasStatements = ({ plan }: CompiledPlan): boolean =>
  [...plan.steps, ...plan.afterwards].some(({ unitTest }) => !unitTest)

function announce(
  { kind, project, profile, phases, retryOf }: InvocationInput,
  context: CommandContext,
): string {
  const place = profile.adapter.describe(profile.connection)
  const steps = phases[0].compiled.plan.steps.map(step => step.id)
  context.reporter.say(
    `seshat ${retryOf ? 'retry' : kind} · ${project.settings.name} · ${place}\n`,
    'started',
    {
      command: retryOf ? 'retry' : kind,
      ...(retryOf && { retry_of: retryOf.invocation_id }),
      project: project.settings.name,
      target: profile.target,
      steps,
    },
  )
  return place
}

/** Executes phase after phase; the next one only where all went well and there may be more to read. */
async function executePhases(
  phases: readonly Phase[],
  profile: Profile,
  { reporter, signal }: CommandContext,
  directory: string,
  execute: (phase: Phase) => Promise<readonly StepResult[]>,
): Promise<readonly StepResult[]> {
  const results: StepResult[] = []
  for (const [index, phase] of phases.entries()) {
    if (index > 0) {
      writeCompiled(directory, profile.target, phase.compiled)
      reporter.say('\n  what was left is done; on to the newest event', 'goes_on_with_all', {
        steps: phase.compiled.plan.steps.map(step => step.id),
      })
    }
    results.push(...(await execute(phase)))
    const progress = results.flatMap(({ reports }) => reports.flatMap(report => report.progress))
    const caughtUp = progress.length > 0 && progress.every(entry => entry.caughtUp)
    if (!results.every(isDone) || signal.aborted || caughtUp) break
  }
  return results
}

function invocationOf(input: InvocationInput, { reporter }: CommandContext): Invocation {
  const { kind, options, project, profile, whole, phases, retryOf } = input
  const { vars = null, profilesDir } = options
  const cleaned = vars === null ? null : reporter.clean(vars)
  return {
    version: resultsVersion,
    package_version: packageVersion(),
    invocation_id: randomUUID(),
    retry_of: retryOf?.invocation_id ?? null,
    command: kind,
    project: project.settings.name,
    target: profile.target,
    adapter: profile.adapter.name,
    arguments: {
      select: [...(options.select ?? [])],
      exclude: [...(options.exclude ?? [])],
      state: options.state ?? null,
      vars: cleaned,
      target: options.target ?? null,
      profiles_dir:
        profilesDir === undefined ? null : relative(project.directory, resolvePath(profilesDir)) || '.',
      full_refresh: options.fullRefresh ?? false,
      backfill: options.backfill ?? null,
      until_caught_up: options.untilCaughtUp ?? false,
      threads: options.threads ?? null,
      hidden: cleaned !== vars,
    },
    plan_hash: planHash(phases[0].compiled.plan),
    selected: [...whole.selected],
    started_at: new Date().toISOString(),
  }
}

interface Sample {
  readonly table: Table
  readonly rows: QueryResult
}
const sampleRows = 3
const sampleWidth = 20

const wantsSamples = ({ kind, options, retryOf }: InvocationInput): boolean =>
  kind === 'build' && !retryOf && !options.quiet

/** The latest rows of every production table that the plan has written, for a first look. */
async function readSamples(driver: Driver, { graph, input }: Compiled): Promise<readonly Sample[]> {
  const samples: Sample[] = []
  for (const life of graph.lives.values()) {
    for (const table of life.committed) {
      const { time_key: time } = table.config
      if (table.kind !== 'incremental' || !time || !input.selected.has(table.name)) continue
      const latest = `select * from ${sqlName(table.relation)} where ${time} is not null order by ${time} desc limit ${sampleRows}`
      samples.push({ table, rows: withoutEmptyColumns(await driver.execute(latest)) })
    }
  }
  return samples
}

function printSample({ reporter }: CommandContext, { table, rows }: Sample): void {
  reporter.say('', 'sample', { table: table.name })
  printRows(reporter, rows, 'table', {
    title: `The latest rows of ${sqlName(table.relation)}`,
    more: `seshat show ${table.name} has them`,
    widest: sampleWidth,
  })
}
