// What every command begins with: the project, the profile, the compiled plan, and for those that need it an open
// connection that holds the locks of its tables.

import { hostname } from 'node:os'
import { pid } from 'node:process'
import type { Dialect } from '../../adapters/dialect.js'
import type { Driver, LockKey, Passed } from '../../adapters/driver.js'
import { applicationName } from '../../adapters/locked.js'
import { adapters } from '../../adapters/registry.js'
import { changesAgainst } from '../compare.js'
import { type CompiledPlan, type CompileOptions, compilePlan } from '../compile.js'
import { Faults, fail } from '../diagnostics.js'
import { interrupted } from '../execute.js'
import { nearest } from '../nearest.js'
import type { Profile } from '../profile.js'
import { loadProject, type Project } from '../project.js'
import type { Reporter } from '../reporter.js'
import type { ChangedNodes } from '../select.js'
import { cacheDirectory, resolvePath } from './folders.js'
import type { Patience } from './patience.js'

/** The options that all commands share, as commander gives them. */
export interface CommonOptions {
  readonly projectDir: string
  readonly profilesDir?: string
  readonly target?: string
  readonly vars?: string
  readonly select?: readonly string[]
  readonly exclude?: readonly string[]
  readonly targetPath: string
  readonly fullRefresh?: boolean
  readonly state?: string
  readonly backfill?: { readonly from: string; readonly to: string }
  readonly untilCaughtUp?: boolean
  /** Tell how long each statement took. */
  readonly timings?: boolean
  readonly threads?: number
  readonly quiet?: boolean
  /** Seconds to wait for a lock that another command holds. */
  readonly wait?: number
  /** How often to try again what failed for a reason that may pass. */
  readonly retries?: number
  /** Of commands that change something: say what would be done, and do nothing. */
  readonly dryRun?: boolean
}

export interface CommandContext {
  readonly reporter: Reporter
  readonly signal: AbortSignal
}

export const openProject = (options: CommonOptions): Project =>
  loadProject(resolvePath(options.projectDir), options.vars)

/** The SQL that there is, each once, by its name. */
export function everyTarget(): readonly { readonly name: string; readonly dialect: Dialect }[] {
  const dialects = new Map([...adapters.values()].map(({ dialect }) => [dialect.name, dialect]))
  return [...dialects].map(([name, dialect]) => ({ name, dialect }))
}

export function dialectNamed(name: string): Dialect {
  const adapter = adapters.get(name)
  if (adapter) return adapter.dialect
  return fail('unknown-adapter', `there is no adapter '${name}'`, {
    hint: nearest(name, adapters.keys()).hint ?? `There are ${[...adapters.keys()].join(', ')}.`,
  })
}

export const compileOptions = (options: CommonOptions, dialect: Dialect, target: string): CompileOptions => ({
  dialect,
  target,
  select: options.select ?? [],
  exclude: options.exclude ?? [],
  fullRefresh: options.fullRefresh ?? false,
  backfill: options.backfill,
  changed: changedNodes(options, dialect, target),
})

/** The plan of each target, by its name. */
export const compileTargets = (
  project: Project,
  options: CommonOptions,
  targets: readonly { readonly name: string; readonly dialect: Dialect }[],
  meanwhile: Pick<CompileOptions, 'kept' | 'parsed'> = {},
): ReadonlyMap<string, CompiledPlan> =>
  new Map(
    targets.map(({ name, dialect }) => [
      name,
      compilePlan(project, {
        ...compileOptions(options, dialect, name),
        tests: 'data',
        ...meanwhile,
      }),
    ]),
  )

function changedNodes(options: CommonOptions, dialect: Dialect, target: string): ChangedNodes | undefined {
  if (options.state === undefined) return undefined
  const changes = changesAgainst(
    options.state,
    resolvePath(options.projectDir),
    options.vars,
    [{ name: target, dialect }],
    cacheDirectory(options),
  )
  return new Map(
    changes.changes.map(change => [change.name, { ...change, added: change.change === 'added' }]),
  )
}

/** How a connection is opened: whether its steps are told, and whether it is tried more than once. */
export interface Opening {
  readonly passed?: Passed
  readonly attempts?: Patience
}

/** So long after an interruption what hangs is left to the server, and then a connection that does not close. */
const graceMillis = 2_000
const closedMillis = 2_500

/**
 * Opens a connection for `work` and closes it whatever happens. An interruption does not wait for a database to open, and
 * cancels the statement under way.
 * @throws Faults of connecting and of `work`; `interrupted`
 */
export async function withDriver<T>(
  project: Project,
  profile: Profile,
  command: string,
  signal: AbortSignal,
  work: (driver: Driver) => Promise<T>,
  { passed, attempts = attempt => attempt() }: Opening = {},
): Promise<T> {
  const opening = attempts(() => openDriver(project, profile, command, { passed, signal }))
  const driver = await untilInterrupted(opening, signal).catch(async reason => {
    const closing = opening.then(
      opened => opened.close(),
      () => undefined, // told already, or interrupted
    )
    if (signal.aborted) await Promise.race([closing, after(signal, graceMillis)])
    throw reason
  })
  const cancel = (): void => void driver.cancel()
  const late = after(signal, closedMillis)
  signal.addEventListener('abort', cancel)
  if (signal.aborted) cancel()
  try {
    return await Promise.race([work(driver), interruptedAfter(signal, graceMillis)])
  } catch (reason) {
    if (signal.aborted && isCancelled(reason)) throw new Faults([interrupted()], 1)
    throw reason
  } finally {
    signal.removeEventListener('abort', cancel)
    await Promise.race([driver.close(), late])
  }
}

/** A statement that was cancelled, or one that found its embedded database ended by that. */
const isCancelled = (reason: unknown): boolean =>
  reason instanceof Faults &&
  reason.diagnostics.every(({ code }) => code === 'statement-cancelled' || code === 'connection-lost')

export const openDriver = (
  project: Project,
  profile: Profile,
  command: string,
  { passed, signal }: { readonly passed?: Passed | undefined; readonly signal?: AbortSignal } = {},
): Promise<Driver> =>
  profile.adapter.connect(profile.connection, {
    projectDirectory: project.directory,
    application: applicationName(command, hostname(), pid),
    ...(passed ? { passed } : {}),
    ...(signal ? { signal } : {}),
  })

const defaultThreads = 4

/** How many steps may run at once: as the command line says, else the profile. */
export function threadsOf({ adapter, connection }: Profile, options: CommonOptions): number {
  if (adapter.oneConnection) return 1
  const { threads } = connection as { readonly threads?: number }
  return options.threads ?? threads ?? defaultThreads
}

/** Does not wait for a database to open. @throws Faults `interrupted` */
export const untilInterrupted = <T>(opening: Promise<T>, signal: AbortSignal): Promise<T> =>
  Promise.race([opening, interruption(signal)])

const interruption = (signal: AbortSignal): Promise<never> => interruptedAfter(signal, 0)

/** @throws Faults `interrupted`, so long after it */
const interruptedAfter = async (signal: AbortSignal, millis: number): Promise<never> => {
  await after(signal, millis)
  throw new Faults([interrupted()], 1)
}

/** So long after an interruption; without one never. */
const after = (signal: AbortSignal, millis: number): Promise<void> =>
  new Promise(resolve => {
    const begin = (): void => void setTimeout(resolve, millis)
    if (signal.aborted) begin()
    else signal.addEventListener('abort', begin, { once: true })
  })

/** The locks of a run: whoever writes to the same scratch tables, or to the same output tables, has to wait. */
export function lockKeys(project: Project): readonly LockKey[] {
  const value = (module: string | undefined, name: string): string =>
    String(project.variables.value(module, name))
  const entropy = value(undefined, 'entropy')
  const schemas = (variable: string): readonly string[] => [
    ...new Set([undefined, ...project.modules.keys()].map(module => value(module, variable))),
  ]
  return [
    ...schemas('scratch_schema').map(schema => ({ schema, name: `scratch${entropy}` })),
    ...schemas('output_schema').map(schema => ({ schema, name: `output${entropy}` })),
  ]
}
