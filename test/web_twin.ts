// The staged page views and the tables of sessions and users, twice: in a database, where the real plans run, and in the
// oracle. Every step is taken on both sides, and then all rows of all five tables have to be the same.

import assert from 'node:assert/strict'
import type { Driver } from '../adapters/driver.js'
import type { Diagnostic } from '../compiler/diagnostics.js'
import type { CommandResult } from './command_line.js'
import { ModuleRuns, type Trouble, troubleAt } from './module_runs.js'
import { PAGE_VIEWS, SESSIONS, STAGED_USER_IDS, type Table, USERS } from './oracle/columns.js'
import { assertSameRows } from './oracle/compare.js'
import { type Row, text, type Value } from './oracle/rows.js'
import type { LookbackMiss } from './oracle/sessions_state.js'
import { type SessionsRun, USERS_MANIFEST, WebState, type WebStateOptions } from './oracle/web_state.js'
import { createPageViewsTable } from './staged_page_views.js'
import type { TestDatabase, TestProject } from './support.js'
import { dropSchemas } from './web_tables.js'

export interface TwinOptions extends WebStateOptions {
  readonly entropy: string
}

export const twinDefaults: TwinOptions = {
  upsert_lookback_days: 30,
  on_lookback_miss: 'widen',
  cleanup_mode: 'all',
  entropy: '',
}

/** What a run of the two modules can be asked for; `` is a run of everything. */
export const selections = [
  'sessions',
  'sessions.complete',
  'users',
  'users.complete',
  'sessions+',
  'users+',
  '',
] as const
export type Selection = (typeof selections)[number]

export interface RunHow {
  readonly trouble?: Trouble
  /** upsert_lookback_days of this run alone. */
  readonly days?: number
}

const comparedTables = [
  'derived.sessions',
  'scratch.sessions_userid_manifest_staged',
  'scratch.page_views_staged',
  'derived.users',
  'derived.users_manifest',
] as const

export class WebTwin {
  readonly state: WebState
  readonly runs: ModuleRuns

  private constructor(
    private readonly database: TestDatabase,
    private readonly project: TestProject,
    driver: Driver,
    readonly options: TwinOptions,
  ) {
    this.state = new WebState(options)
    this.runs = new ModuleRuns(project, driver)
  }

  /** Both sides empty: whatever an earlier twin left in the database is dropped. */
  static async create(
    database: TestDatabase,
    project: TestProject,
    driver: Driver,
    options: Partial<TwinOptions> = {},
  ): Promise<WebTwin> {
    const twin = new WebTwin(database, project, driver, { ...twinDefaults, ...options })
    await dropSchemas(database)
    await createPageViewsTable(database, twin.name('scratch.page_views_staged'))
    return twin
  }

  name(table: string): string {
    return table + this.options.entropy
  }

  /** As the page views module: replaces all staged rows of the sessions. */
  async stage(rows: readonly Row[]): Promise<void> {
    this.state.stage(rows)
    const sessions = new Set(rows.map(row => text(row, 'domain_sessionid')).filter(id => id !== null))
    const keys = JSON.stringify([...sessions])
    await this.runs.driver.transaction(async () => {
      await this.runs.driver.execute(
        `delete from ${this.name('scratch.page_views_staged')} where domain_sessionid in (select json_array_elements_text($1::json))`,
        [keys],
      )
      await this.load(rows)
    })
  }

  /** As somebody else: adds rows to what is there. */
  async append(rows: readonly Row[]): Promise<void> {
    this.state.append(rows)
    await this.load(rows)
  }

  /** Writes one staged row of a session again, as it is. */
  async touch(session: string): Promise<void> {
    const rows = this.state.staged.filter(row => row['domain_sessionid'] === session)
    this.state.stage(rows)
    const staged = this.name('scratch.page_views_staged')
    await this.runs.driver.execute(
      `update ${staged} set page_title = page_title where ctid = (select min(ctid) from ${staged} where domain_sessionid = $1)`,
      [session],
    )
  }

  private async load(rows: readonly Row[]): Promise<void> {
    const columns = PAGE_VIEWS.columns.map(column => column.name)
    const values = rows.map(row => columns.map(column => asText(row[column] ?? null)))
    await this.runs.driver.load({ schema: 'scratch', name: this.name('page_views_staged') }, columns, values)
  }

  get variables(): Readonly<Record<string, unknown>> {
    return { ...this.options }
  }

  /**
   * A step on both sides; with trouble, the run that meets it and then one that does not, which together have to come to
   * what one alone would have done. Checks the exit code and what is said about rows outside the window.
   * @returns what stood outside the window, if that made the run fail
   */
  async run(selection: Selection, how: RunHow = {}): Promise<LookbackMiss | undefined> {
    const { trouble, days } = how
    const variables = { ...this.variables, ...(days === undefined ? {} : { upsert_lookback_days: days }) }
    if (trouble) await this.runs.run(selection, variables, troubleAt(trouble))
    const { code, diagnostics } = await this.runs.run(selection, variables)
    const said = diagnostics.map(describe).join('\n')
    const { done, miss } = this.step(selection, days)
    assert.equal(code, done ? 0 : 1, `exit code of run ${selection}: ${said}`)
    // The run that met trouble may have committed, and there is no row outside the window any more.
    if (!trouble) assert.deepEqual(missesOf(diagnostics), miss ? [miss] : [], said)
    return done ? undefined : miss
  }

  /** What a step comes to in the oracle, for those that were run some other way. */
  step(selection: Selection, days?: number): SessionsRun {
    const { state } = this
    if (selection === 'sessions') return state.sessionsMain(days)
    const done = { done: true, miss: undefined }
    if (selection === 'sessions.complete') state.sessionsComplete()
    if (selection === 'users.complete') state.usersComplete()
    if (selection === 'users') state.usersMain()
    if (selection === 'users+') {
      state.usersMain()
      state.usersComplete()
    }
    if (selection !== 'sessions+' && selection !== '') return done
    const main = state.sessionsMain(days)
    if (!main.done) return main
    state.sessionsComplete()
    state.usersMain()
    state.usersComplete()
    return main
  }

  /** Whole rows of all five tables on both sides. */
  async compare(context: string): Promise<void> {
    const { state } = this
    const sides: Readonly<Record<(typeof comparedTables)[number], readonly [Table, readonly Row[]]>> = {
      'derived.sessions': [SESSIONS, state.sessions],
      'scratch.sessions_userid_manifest_staged': [STAGED_USER_IDS, state.stagedIds],
      'scratch.page_views_staged': [PAGE_VIEWS, state.staged],
      'derived.users': [USERS, state.users],
      'derived.users_manifest': [USERS_MANIFEST, state.manifest],
    }
    for (const name of comparedTables) {
      const [table, expected] = sides[name]
      assertSameRows(expected, await this.read(name, expected), table, context)
    }
  }

  /** `seshat run --select <selection>` with the variables of this twin; the oracle's side is up to the caller. */
  command(selection: Selection): Promise<CommandResult> {
    const select = selection === '' ? [] : ['--select', selection]
    return this.project.seshat('run', ...select, '--vars', JSON.stringify(this.variables))
  }

  /** The rows of all lasting tables as they stand; of the metadata of sessions what does not depend on the clock. */
  async contents(): Promise<Readonly<Record<string, unknown>>> {
    const metadata = `select rows_this_run, distinct_key_count, min_time_key, max_time_key
      from ${this.name('derived.datamodel_metadata')} where module = 'sessions' order by run_start_tstamp`
    const found: Record<string, unknown> = { metadata: await this.database.query(metadata) }
    for (const table of comparedTables) {
      found[table] = await this.database.query(`select * from ${this.name(table)} as t order by t::text`)
    }
    return found
  }

  /** A table that is not there yet has no rows. */
  private async read(table: string, expected: readonly Row[]): Promise<readonly Row[]> {
    const [[exists]] = (await this.database.query(
      `select to_regclass('${this.name(table)}') is not null`,
    )) as [[Value]]
    if (exists !== true && expected.length === 0) return []
    return this.database.rows(`select * from ${this.name(table)}`)
  }
}

const asText = (value: Value): string | null => (value === null ? null : String(value))

const describe = ({ code, message, hint }: Diagnostic): string => `${code}: ${message} ${hint ?? ''}`

/** The figures in what is said about rows outside the window; they have to be in the words themselves. */
export function missesOf(diagnostics: readonly Diagnostic[]): readonly LookbackMiss[] {
  return diagnostics
    .filter(diagnostic => diagnostic.code === 'lookback-miss')
    .map(diagnostic => {
      const said = describe(diagnostic)
      const rows = /(\d+) rows? of sessions/.exec(said)?.[1]
      const earliest = /earliest at (\d{4}-\d\d-\d\d \d\d:\d\d:\d\d(?:\.\d+)?)/.exec(said)?.[1]
      const days = /upsert_lookback_days: (\d+)/.exec(said)?.[1]
      return { rows: Number(rows), earliest: earliest ?? null, daysThatWouldDo: Number(days) }
    })
}
