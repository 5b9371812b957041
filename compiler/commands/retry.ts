// seshat retry: what failed or was skipped in the last invocation, with the same arguments, as often as need be.

import { isAbsolute, join } from 'node:path'
import { cwd } from 'node:process'
import { compileGraph } from '../compile.js'
import { error, fail } from '../diagnostics.js'
import type { Project } from '../project.js'
import { undoneBy } from '../retry.js'
import { readLastResults } from '../run_journal.js'
import type { RunResults } from '../run_results.js'
import { unitTestTarget } from '../unit_tests/rendered_models.js'
import { targetDirectory } from './folders.js'
import { invoke } from './invocation.js'
import { KeptOut } from './locked_work.js'
import { phasesLeft, withPlan } from './phases.js'
import { testsOf, whatOf } from './run.js'
import { type CommandContext, type CommonOptions, compileOptions, openProject } from './session.js'
import { memoryPlace, profilePlace, selectsOnlyUnitTests, unitTestRunner } from './unit_tests.js'

/** @returns the exit code: 0 done, or nothing to do; 1 a step failed */
export async function retryCommand(own: CommonOptions, context: CommandContext): Promise<number> {
  const { reporter } = context
  const folder = isAbsolute(own.projectDir) ? own.projectDir : join(cwd(), own.projectDir)
  const target = targetDirectory({ directory: folder }, own)
  const last = readLastResults(target)
  const started = `seshat ${words(last).join(' ')}, started ${last.started_at}`
  if (last.status === 'success') return nothing(`everything succeeded in ${started}`, last, context)
  if (last.arguments.hidden) {
    fail('cannot-retry', 'a secret of the profile stood in --vars, so they were not written down', {
      hint: 'Run the command itself again.',
    })
  }
  const options = optionsOf(own, last, folder)
  const project = openProject(options)
  checkProject(project, last)
  const { command: kind } = last
  const inMemory = last.target === unitTestTarget && selectsOnlyUnitTests(project, options)
  const { profile, openMemory } = inMemory ? memoryPlace() : profilePlace(project, options, context)
  const graph = compileGraph(project, {
    ...compileOptions(options, profile.adapter.dialect, profile.target),
    ...testsOf(kind),
  })
  const selected = whatOf(kind, graph)
  const undone = undoneBy(selected, last)
  reporter.faults([...selected.warnings, ...undone.warnings])
  const [first, ...more] = phasesLeft(selected, undone, last.arguments)
  if (!first) return nothing(`nothing is left of ${started}`, last, context)
  reporter.say(
    `retrying ${undone.nodes.length} of ${selected.selected.length} nodes of ${started}`,
    'retry',
    {
      retry_of: last.invocation_id,
      nodes: undone.nodes,
    },
  )
  const whole = withPlan(selected)
  const unitTests = unitTestRunner(first.compiled, openMemory)
  const phases = [first, ...more] as const
  const stillDue = (): void => {
    if (readLastResults(target).invocation_id !== last.invocation_id) throw overtaken()
  }
  return invoke(
    { kind, options, project, profile, whole, unitTests, phases, retryOf: last, stillDue },
    context,
  )
}

/** While it waited for the lock, its holder has ended and left results of its own. */
const overtaken = (): KeptOut =>
  new KeptOut([
    error('cannot-retry', 'another invocation has come to its end since this one began', {
      hint: 'Start seshat retry again: it takes up what that one has left.',
    }),
  ])

function nothing(text: string, last: RunResults, { reporter }: CommandContext): number {
  reporter.answer(`Nothing to retry: ${text}.`, 'nothing_to_retry', { retry_of: last.invocation_id })
  return 0
}

const optionsOf = (own: CommonOptions, { arguments: given }: RunResults, folder: string): CommonOptions => {
  const profilesDir =
    own.profilesDir ?? (given.profiles_dir === null ? undefined : join(folder, given.profiles_dir))
  const threads = own.threads ?? given.threads ?? undefined
  return {
    projectDir: own.projectDir,
    targetPath: own.targetPath,
    ...(own.quiet === undefined ? {} : { quiet: own.quiet }),
    ...(own.dryRun === undefined ? {} : { dryRun: own.dryRun }),
    ...(own.wait === undefined ? {} : { wait: own.wait }),
    ...(own.retries === undefined ? {} : { retries: own.retries }),
    ...(profilesDir === undefined ? {} : { profilesDir }),
    ...(threads === undefined ? {} : { threads }),
    ...(given.target === null ? {} : { target: given.target }),
    ...(given.vars === null ? {} : { vars: given.vars }),
    ...(given.backfill === null ? {} : { backfill: given.backfill }),
    ...(given.state === null ? {} : { state: given.state }),
    select: given.select,
    exclude: given.exclude,
    fullRefresh: given.full_refresh,
    untilCaughtUp: given.until_caught_up,
  }
}

/** The command as it was given, for people; with the words that decide what it does. */
function words({ command, arguments: given }: RunResults): readonly string[] {
  const list = (option: string, values: readonly string[]): readonly string[] =>
    values.length > 0 ? [option, ...values] : []
  return [
    command,
    ...list('--select', given.select),
    ...list('--exclude', given.exclude),
    ...(given.state === null ? [] : ['--state', given.state]),
    ...(given.target === null ? [] : ['--target', given.target]),
    ...(given.vars === null ? [] : ['--vars', `'${given.vars}'`]),
    ...(given.full_refresh ? ['--full-refresh'] : []),
    ...(given.backfill === null ? [] : ['--backfill', `${given.backfill.from}..${given.backfill.to}`]),
    ...(given.until_caught_up ? ['--until-caught-up'] : []),
  ]
}

function checkProject(project: Project, last: RunResults): void {
  if (project.settings.name === last.project) return
  fail('bad-results', `the last invocation was one of the project '${last.project}'`, {
    hint: 'Give the --target-path of this project, or run the command itself again.',
  })
}
