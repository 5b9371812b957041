// seshat debug: goes through what a run needs, one step after another, and says which of them fails and what to do.

import { pid } from 'node:process'
import { ConnectFault } from '../../adapters/connect_fault.js'
import type { Driver } from '../../adapters/driver.js'
import { describeFindings } from '../checks.js'
import { collectFaults } from '../collect_faults.js'
import { type Compiled, compileGraph } from '../compile.js'
import { checkColumns, checkPrivileges, checkSchemas, type Outcome, openSession } from '../debug_checks.js'
import { type Diagnostic, Faults } from '../diagnostics.js'
import { makePlan } from '../plan.js'
import type { Profile } from '../profile.js'
import type { Project } from '../project.js'
import type { CheckedStep, Reporter } from '../reporter.js'
import { loosePermissions, secretInGit } from '../secret_files.js'
import { sourcesRead } from '../sources_read.js'
import { openProfile } from './open_profile.js'
import {
  type CommandContext,
  type CommonOptions,
  compileOptions,
  openProject,
  withDriver,
} from './session.js'

/** What is asked of a database, whichever it is, once it is connected. */
const connectedSteps = ['server', 'schemas', 'privileges', 'inputs', 'columns'] as const

/** @returns 0 when every step succeeds, 2 otherwise */
export async function debugCommand(
  options: CommonOptions,
  { reporter, signal }: CommandContext,
): Promise<number> {
  const steps = new Steps(reporter)
  const project = steps.attempt(
    'project',
    () => openProject(options),
    found => `${found.settings.name} in ${found.directory}`,
  )
  const profile =
    project &&
    steps.attempt(
      'profile',
      () => openProfile(project, options, reporter),
      found => `${found.target}: ${found.adapter.describe(found.connection)}`,
    )
  // Elsewhere it would be said of each local profile, at every run.
  const file = profile?.writtenIn
  if (file !== undefined) reporter.faults([...loosePermissions([file]), ...secretInGit(file)])
  const compiled =
    project &&
    profile &&
    steps.attempt(
      'models',
      () => compileGraph(project, compileOptions(options, profile.adapter.dialect, profile.target)),
      found => `${found.models.length} compile`,
    )
  if (project && profile) await checkConnection(steps, project, profile, compiled, signal)
  const all = ['project', 'profile', 'models', ...(profile?.adapter.connectSteps ?? ['connection'])]
  steps.notReached([...all, ...connectedSteps])
  reporter.faults(steps.faults)
  return steps.faults.length === 0 ? 0 : 2
}

/** Steps as they are told, and what was wrong with them. */
class Steps {
  readonly faults: Diagnostic[] = []
  private readonly told = new Set<string>()

  constructor(private readonly reporter: Reporter) {}

  tell(step: string, status: CheckedStep['status'], detail: string): void {
    this.told.add(step)
    this.reporter.checked({ step, status, detail })
  }

  fail(step: string, faults: readonly Diagnostic[], failure?: string): void {
    const [first = '', ...more] = faults.map(({ message }) => message)
    this.faults.push(...faults)
    this.tell(step, 'failed', failure ?? (more.length > 0 ? `${first} (and ${more.length} more)` : first))
  }

  attempt<T>(step: string, work: () => T, detail: (value: T) => string): T | undefined {
    const faults: Diagnostic[] = []
    const value = collectFaults(faults, work)
    if (value === undefined) this.fail(step, faults)
    else this.tell(step, 'ok', detail(value))
    return value
  }

  /**
   * @param work gives undefined where there is nothing to look at
   * @returns undefined where the step could not be done, else what came of it, with faults or without
   */
  async check<T extends Partial<Outcome> & { readonly detail: string }>(
    step: string,
    work: () => Promise<T | undefined>,
  ): Promise<T | undefined> {
    try {
      const outcome = await work()
      if (!outcome) return undefined
      if (outcome.faults && outcome.faults.length > 0) this.fail(step, outcome.faults, outcome.failure)
      else this.tell(step, 'ok', outcome.detail)
      return outcome
    } catch (cause) {
      if (!(cause instanceof Faults)) throw cause
      this.fail(step, cause.diagnostics)
      return undefined
    }
  }

  untold(steps: readonly string[]): readonly string[] {
    return steps.filter(step => !this.told.has(step))
  }

  notReached(steps: readonly string[]): void {
    for (const step of this.untold(steps)) this.tell(step, 'not reached', '')
  }
}

async function checkConnection(
  steps: Steps,
  project: Project,
  profile: Profile,
  compiled: Compiled | undefined,
  signal: AbortSignal,
): Promise<void> {
  const { connectSteps } = profile.adapter
  try {
    await withDriver(
      project,
      profile,
      'debug',
      signal,
      driver => checkDatabase(steps, driver, profile, compiled),
      { passed: (step, detail) => steps.tell(step, 'ok', detail) },
    )
  } catch (cause) {
    if (!(cause instanceof Faults)) throw cause
    const [next = 'connection'] = steps.untold(connectSteps)
    steps.fail(cause instanceof ConnectFault ? cause.step : next, cause.diagnostics)
  }
}

async function checkDatabase(
  steps: Steps,
  driver: Driver,
  { adapter: { dialect } }: Profile,
  compiled: Compiled | undefined,
): Promise<void> {
  const session = await steps.check('server', async () => {
    const opened = await openSession(driver, dialect, `seshat_debug_${pid}`)
    return { ...opened, detail: `${opened.server}, database ${opened.database}` }
  })
  if (!session || !compiled) return
  const sources = sourcesRead(compiled)
  const schemas = await steps.check('schemas', () => checkSchemas(session, schemasWritten(compiled)))
  if (!schemas) return
  const privileges = await steps.check('privileges', () =>
    checkPrivileges(session, schemas.existing, sources),
  )
  if (!privileges || privileges.blind) return
  await steps.check('inputs', () => checkInputs(driver, compiled))
  await steps.check('columns', () => checkColumns(session, sources, privileges.readable))
}

/** The schemas of all tables that the selected nodes write, seeds aside: they are loaded by a command of their own. */
function schemasWritten({ input: { project, selected } }: Compiled): readonly string[] {
  const nodes = [...selected].map(id => project.graph.node(id))
  const schemas = nodes.flatMap(({ kind, module, table }) => [
    ...(kind === 'model' && table?.written && table.kind !== 'ephemeral' ? [table.relation.schema] : []),
    ...(module
      ? (['scratch_schema', 'output_schema'] as const).map(
          variable => project.catalog.privateRelation(variable, '', module.name).schema,
        )
      : []),
  ])
  return [...new Set(schemas)].sort()
}

async function checkInputs(driver: Driver, compiled: Compiled) {
  const { preflight } = makePlan(compiled.input)
  const faults: Diagnostic[] = []
  for (const { check, sql } of preflight)
    if (check) faults.push(...describeFindings(check, 'debug', await driver.execute(sql)))
  const tables = `${preflight.length} ${preflight.length === 1 ? 'table' : 'tables'}`
  return { detail: `${tables} that a run reads and does not make`, faults }
}
