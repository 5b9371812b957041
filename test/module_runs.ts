// Runs of a project within the test's own process: the real plan on the real database, without the half second that
// starting the command line costs. Something else can happen before any statement: a failure, a death, another writer.

import type { Dialect } from '../adapters/dialect.js'
import type { Driver } from '../adapters/driver.js'
import { postgresDialect } from '../adapters/postgres/dialect.js'
import { connectPostgres, type PostgresConnection } from '../adapters/postgres/driver.js'
import { type Compiled, compilePlan } from '../compiler/compile.js'
import { type Connections, oneConnection } from '../compiler/connections.js'
import { type Diagnostic, error, Faults } from '../compiler/diagnostics.js'
import { executePlan } from '../compiler/execute.js'
import type { Plan } from '../compiler/plan.js'
import { loadProject } from '../compiler/project.js'
import { type Retries, standardRetries } from '../compiler/repeat.js'
import type { StepResult } from '../compiler/step_result.js'
import type { TestDatabase, TestProject } from './support.js'

/** As the commands have them, with the shortest pauses. */
export const quickRetries: Retries = {
  most: standardRetries,
  signal: new AbortController().signal,
  random: () => 0,
  told: () => undefined,
}

export type Variables = Readonly<Record<string, unknown>>

export interface Outcome {
  /** As the command's exit code. */
  readonly code: number
  readonly diagnostics: readonly Diagnostic[]
  readonly results: readonly StepResult[]
}

/** Called before each statement of a run, counted from 0, and before each commit; what it throws, the driver throws. */
export type Interference = (statement: number, inTransaction: boolean) => void | Promise<void>

export interface Trouble {
  /** That statement alone, or that one and all after it. */
  readonly kind: 'fails' | 'dies'
  readonly at: number
}

export const troubleAt =
  ({ kind, at }: Trouble): Interference =>
  statement => {
    if (statement < at || (kind === 'fails' && statement > at)) return
    const code = kind === 'dies' ? 'connection-lost' : 'statement-failed'
    throw new Faults([error(code, `the test's trouble at statement ${at}`)], 1)
  }

export function connectionOf(database: TestDatabase): PostgresConnection {
  const profiles = JSON.parse(database.profiles) as {
    test: { outputs: { dev: PostgresConnection } }
  }
  return profiles.test.outputs.dev
}

/** A connection of its own to a test database. */
export const connectTo = (database: TestDatabase): Promise<Driver> =>
  connectPostgres(connectionOf(database), 'seshat tests')

/** What else a command can be given. */
export interface How {
  readonly fullRefresh?: boolean
  readonly backfill?: { readonly from: string; readonly to: string }
  /** Runs the data tests too, as `seshat build` does. */
  readonly tests?: 'data'
}

export class ModuleRuns {
  readonly #plans = new Map<string, Compiled & { readonly plan: Plan }>()

  constructor(
    readonly project: Pick<TestProject, 'directory'>,
    readonly driver: Driver,
    readonly dialect: Dialect = postgresDialect,
    readonly connections: Connections = oneConnection(driver),
  ) {}

  compile(
    select: readonly string[],
    variables: Variables,
    how: How = {},
  ): Compiled & { readonly plan: Plan } {
    const key = JSON.stringify([select, variables, how])
    const known = this.#plans.get(key)
    if (known) return known
    const project = loadProject(this.project.directory, JSON.stringify(variables))
    const options = { dialect: this.dialect, target: 'dev', exclude: [], fullRefresh: false }
    const compiled = compilePlan(project, { ...options, ...how, select })
    this.#plans.set(key, compiled)
    return compiled
  }

  /** As `seshat run --select <select> --vars <variables>`, without locks. */
  async run(
    select: string,
    variables: Variables = {},
    interference?: Interference,
    { untilCaughtUp = false, ...how }: How & { readonly untilCaughtUp?: boolean } = {},
  ): Promise<Outcome> {
    const { plan } = this.compile(select === '' ? [] : [select], variables, how)
    const connections = interference ? oneConnection(interfered(this.driver, interference)) : this.connections
    return execute(plan, connections, untilCaughtUp)
  }
}

/** What a plan comes to, as the command would say it; without locks. */
export async function execute(plan: Plan, connections: Connections, untilCaughtUp = false): Promise<Outcome> {
  try {
    const results = await executePlan(plan, {
      connections,
      lock: { check: async () => undefined, mayHaveLapsed: () => false },
      retries: quickRetries,
      events: { started: () => undefined, finished: () => undefined, goesOn: () => undefined },
      untilCaughtUp,
      compiledFolder: 'target/compiled/dev',
      clock: () => 0,
      signal: new AbortController().signal,
    })
    const code = results.every(result => result.status === 'success') ? 0 : 1
    return { code, diagnostics: results.flatMap(result => result.diagnostics), results }
  } catch (cause) {
    if (!(cause instanceof Faults)) throw cause
    return { code: cause.exitCode, diagnostics: cause.diagnostics, results: [] }
  }
}

function interfered(driver: Driver, interference: Interference): Driver {
  let next = 0
  let inTransaction = false
  return {
    execute: async (sql, parameters) => {
      await interference(next++, inTransaction)
      return driver.execute(sql, parameters)
    },
    transaction: async work => {
      inTransaction = true
      const untilCommit = async () => {
        const result = await work()
        await interference(next++, true)
        return result
      }
      return driver.transaction(untilCommit).finally(() => {
        inTransaction = false
      })
    },
    reading: work => driver.reading(work),
    load: (...load) => driver.load(...load),
    lock: (...lock) => driver.lock(...lock),
    share: (...keys) => driver.share(...keys),
    cancel: () => driver.cancel(),
    close: () => driver.close(),
  }
}
