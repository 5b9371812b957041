// Batches of statements in, what they came to out: runs those of one step on one connection, transactions whole, and again
// where somebody else's transaction got in their way.

import type { Driver, Lock, QueryResult } from '../adapters/driver.js'
import { isWriteConflict, statementCancelled } from '../adapters/statement_fault.js'
import { describeFindings } from './checks.js'
import { type Diagnostic, Faults } from './diagnostics.js'
import type { SeedLoad } from './plan.js'
import { type Retries, repeated } from './repeat.js'
import { type Report, readReport } from './reports.js'
import { emptySeed } from './seed.js'
import { Standing } from './standing.js'
import type { Batch, Need, Statement } from './statement.js'
import { executeTimed, type Stopwatch } from './statement_timings.js'

/** What the statements of one step have come to so far. */
export class Tally {
  rows: number | undefined
  readonly written = new Map<string, number>()
  readonly diagnostics: Diagnostic[] = []
  readonly reports: Report[] = []
  /** Whether it left something out, since there is nothing new. */
  foundNothing = false

  count(rows: number, table: string | undefined): void {
    this.rows = (this.rows ?? 0) + rows
    if (table !== undefined) this.written.set(table, (this.written.get(table) ?? 0) + rows)
  }

  add(other: Tally): void {
    if (other.rows !== undefined) this.rows = (this.rows ?? 0) + other.rows
    for (const [table, rows] of other.written) this.written.set(table, (this.written.get(table) ?? 0) + rows)
    this.diagnostics.push(...other.diagnostics)
    this.reports.push(...other.reports)
    this.foundNothing ||= other.foundNothing
  }
}

export interface BatchOptions {
  readonly lock: Pick<Lock, 'check' | 'mayHaveLapsed'>
  /** No statement is begun after it aborts. */
  readonly signal: AbortSignal
  /** Of what lost against somebody else's transaction: a statement or a whole transaction, which had no effect. */
  readonly retries: Retries
  /** Without it nobody asks how long statements take. */
  readonly stopwatch?: Stopwatch | undefined
  /** What is known of the catalog; without it nothing is, and each statement asks for itself. */
  readonly standing?: Standing
  /** The modules of which a statement has found that they have nothing to do in this run. */
  readonly atRest?: Set<string>
}

/** Runs the batches of one step, on one connection. */
export class BatchRunner {
  private readonly standing: Standing
  /** Of the statement that ran last. */
  private lastRowCount = 0

  constructor(
    private readonly driver: Driver,
    private readonly options: BatchOptions,
    private readonly step: string,
    private readonly module = '',
    private readonly tally = new Tally(),
  ) {
    this.standing = options.standing ?? new Standing()
  }

  async run(batch: Batch): Promise<void> {
    if (!this.isTurn(batch)) return
    if (!batch.transaction) {
      for (const statement of batch.statements)
        await this.runStatement(statement, this.tally, (sql, purpose) =>
          this.repeated(async () => {
            if (this.options.lock.mayHaveLapsed()) await this.options.lock.check()
            return this.execute(sql, purpose)
          }),
        )
      return
    }
    try {
      await this.transaction(async tally => {
        for (const statement of batch.statements)
          await this.runStatement(statement, tally, (sql, purpose) => this.execute(sql, purpose))
      })
    } catch (cause) {
      for (const statement of batch.statements) this.standing.forget(statement)
      throw cause
    }
  }

  private isTurn({ when }: Batch): boolean {
    if (!when) return true
    const rests = this.options.atRest?.has(when.module) ?? false
    this.tally.foundNothing ||= rests
    return rests === (when.finds === 'nothing')
  }

  async load(seed: SeedLoad): Promise<void> {
    const { table, rows, analyze } = seed
    await this.transaction(async tally => {
      await this.execute(emptySeed(table), `empty ${table.name}`)
      const loaded = await this.driver.load(table.relation, rows.columns, rows.rows, this.options.signal)
      tally.count(loaded, table.name)
    })
    if (analyze !== undefined) await this.execute(analyze, `statistics of ${table.name}`)
  }

  /** What an attempt that is rolled back has counted does not count. */
  private async transaction(work: (tally: Tally) => Promise<void>): Promise<void> {
    const attempt = async (): Promise<Tally> => {
      const tally = new Tally()
      await this.driver.transaction(async () => {
        await work(tally)
        await this.options.lock.check(this.driver)
        if (this.options.signal.aborted) throw statementCancelled('commit')
      })
      return tally
    }
    this.tally.add(await this.repeated(attempt))
  }

  /** @param work takes effect as a whole or not at all: one statement, or one transaction */
  private repeated<T>(work: () => Promise<T>): Promise<T> {
    return repeated(this.step, this.options.retries, isWriteConflict, work)
  }

  /** An interruption between two statements finds none to cancel: the next one is not begun. */
  private async execute(sql: string, purpose: string): Promise<QueryResult> {
    const { signal, stopwatch } = this.options
    if (signal.aborted) throw statementCancelled(sql)
    return stopwatch
      ? executeTimed(this.driver, stopwatch, sql, { step: this.step, purpose })
      : this.driver.execute(sql)
  }

  private async runStatement(
    statement: Statement,
    tally: Tally,
    execute: (sql: string, purpose: string) => Promise<QueryResult>,
  ): Promise<void> {
    const isTrue = async (query: string): Promise<boolean> => {
      const answer = await execute(query, `whether to: ${statement.purpose}`)
      return answer.rows[0]?.[0] === true
    }
    if (statement.ifRows && this.lastRowCount === 0) return
    for (const need of statement.needs ?? []) if (!(await this.isMet(need, isTrue))) return
    for (const query of statement.onlyIf ?? []) if (!(await isTrue(query))) return
    const result = await this.changing(statement, () => execute(statement.sql, statement.purpose))
    this.lastRowCount = result.rowCount
    if (statement.asks)
      this.standing.learn(
        statement.asks,
        result.rows.map(([name]) => String(name)),
      )
    if (statement.findsNothing !== undefined && result.rows[0]?.[0] === true)
      this.options.atRest?.add(statement.findsNothing)
    if (statement.makesStatements)
      for (const [sql] of result.rows) await execute(String(sql), statement.purpose)
    if (statement.check) {
      const found = describeFindings(statement.check, this.step, result)
      const errors = found.filter(diagnostic => diagnostic.severity === 'error')
      if (errors.length > 0) throw new Faults(errors, 1)
      tally.diagnostics.push(...found)
    }
    if (statement.report) tally.reports.push(readReport(this.module, statement.report, result))
    if (statement.counts || statement.writes) tally.count(result.rowCount, statement.writes)
  }

  private async isMet(
    { name, or = [], there, ask }: Need,
    isTrue: (query: string) => Promise<boolean>,
  ): Promise<boolean> {
    const known = [name, ...or].map(one => this.standing.isThere(one))
    if (known.includes(there)) return true
    if (!known.includes(undefined)) return false
    return ask === undefined || (await isTrue(ask))
  }

  private async changing(statement: Statement, execute: () => Promise<QueryResult>): Promise<QueryResult> {
    try {
      const result = await execute()
      this.standing.changed(statement)
      return result
    } catch (cause) {
      this.standing.forget(statement)
      throw cause
    }
  }
}
