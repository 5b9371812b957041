// seshat run, seed and build: compile the plan, take the locks, execute it. The three differ in what they take along.

import type { Driver, QueryResult } from '../../adapters/driver.js'
import { writeCompiled, writeManifest } from '../artifacts.js'
import type { Table } from '../catalog.js'
import { type Compiled, compileGraph, planOf } from '../compile.js'
import { connectionsOf } from '../connections.js'
import { Faults } from '../diagnostics.js'
import { executePlan, interrupted, type StepResult } from '../execute.js'
import type { GraphNode } from '../graph.js'
import type { Plan } from '../plan.js'
import { sqlName } from '../relation.js'
import { printRows, withoutEmptyColumns } from './rows.js'
import {
  type CommandContext,
  type CommonOptions,
  compileOptions,
  lockKeys,
  openDriver,
  openProfile,
  openProject,
  targetDirectory,
  threadsOf,
  withDriver,
} from './session.js'

export type RunKind = 'run' | 'seed' | 'test' | 'build'

/** @returns the exit code: 0 done, 1 a step failed */
export async function runCommand(
  kind: RunKind,
  options: CommonOptions,
  context: CommandContext,
): Promise<number> {
  const { reporter, signal } = context
  const project = openProject(options)
  const profile = openProfile(project, options, reporter)
  const graph = compileGraph(project, {
    ...compileOptions(options, profile.adapter.dialect, profile.target),
    tests: kind === 'test' || kind === 'build',
  })
  const compiled = planFor(kind, graph)
  reporter.faults(compiled.warnings)
  const directory = targetDirectory(project, options)
  writeCompiled(directory, profile.target, compiled)
  writeManifest(directory, new Map([[profile.target, compiled]]))
  const place = profile.adapter.describe(profile.connection)
  reporter.say(`seshat ${kind} · ${project.settings.name} · ${place}\n`, 'started', {
    command: kind,
    project: project.settings.name,
    target: profile.target,
    steps: compiled.plan.steps.map(step => step.id),
  })
  reporter.waiting(`opening ${place}`)
  const clock = (): number => performance.now() / 1000
  const start = clock()
  const { results, samples } = await withDriver(project, profile, kind, signal, async driver => {
    const lock = await driver.lock(lockKeys(project), kind)
    const connections = connectionsOf(driver, threadsOf(profile, options), async () => {
      const another = await openDriver(project, profile, kind)
      await another.share(lockKeys(project))
      return another
    })
    try {
      const executed = await executePlan(compiled.plan, {
        connections,
        lock,
        signal,
        clock,
        untilCaughtUp: options.untilCaughtUp ?? false,
        compiledFolder: `${options.targetPath}/compiled/${profile.target}`,
        events: {
          started: step => reporter.stepStarted(step),
          finished: result => reporter.stepFinished(result),
          goesOn: progress => reporter.goesOn(progress),
        },
      })
      const wanted = kind === 'build' && !options.quiet && executed.every(succeeded) && !signal.aborted
      return { results: executed, samples: wanted ? await readSamples(driver, compiled) : [] }
    } finally {
      await connections.close()
      await lock.release()
    }
  })
  reporter.summary(results, clock() - start)
  for (const { table, rows } of samples) {
    reporter.say('', 'sample', { table: table.name })
    const title = `The latest rows of ${sqlName(table.relation)}`
    printRows(reporter, rows, 'table', {
      title,
      more: `seshat show ${table.name} has them`,
      widest: sampleWidth,
    })
  }
  if (signal.aborted) throw new Faults([interrupted()], 1)
  return results.every(succeeded) ? 0 : 1
}

/** The latest rows of every production table that the plan has written, for a first look. */
async function readSamples(
  driver: Driver,
  { graph, input }: Compiled,
): Promise<readonly { table: Table; rows: QueryResult }[]> {
  const samples: { table: Table; rows: QueryResult }[] = []
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

const sampleRows = 3
const sampleWidth = 20

const succeeded = (result: StepResult): boolean => result.status === 'success'

/** `seed` runs only the seeds of the selection, `test` only its tests, `run` neither, `build` all. */
function planFor(kind: RunKind, compiled: Compiled): Compiled & { readonly plan: Plan } {
  const only: Readonly<Record<RunKind, (node: GraphNode['kind']) => boolean>> = {
    run: node => node !== 'seed' && node !== 'test',
    seed: node => node === 'seed',
    test: node => node === 'test',
    build: () => true,
  }
  const wanted = compiled.selected.filter(id => only[kind](compiled.graph.graph.node(id).kind))
  if (wanted.length === 0) {
    const [message, hint] = {
      run: [
        'the selection has only seeds or tests',
        'Load seeds with seshat seed, run tests with seshat test.',
      ],
      seed: ['the selection has no seeds', 'Seeds are CSV files in seeds/.'],
      test: ['the selection has no tests', 'See what there is with: seshat ls --select resource_type:test'],
      build: ['the selection is empty', 'See what there is with: seshat ls'],
    }[kind] as [string, string]
    throw new Faults([{ code: 'nothing-selected', severity: 'error', message, hint }])
  }
  const input = { ...compiled.input, selected: new Set(wanted) }
  return { ...compiled, selected: wanted, input, plan: planOf(compiled, input) }
}
