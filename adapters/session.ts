// What every session does alike, whichever way its statements travel: one statement at a time,
// transactions that cannot end in doubt, loads that are all or nothing.

import { error, Faults } from '../compiler/diagnostics.js'
import type { Relation } from '../compiler/relation.js'
import type { Driver, Lock, LockKey, QueryResult } from './driver.js'
import { isConnectionLost, StatementFault, statementCancelled } from './statement_fault.js'

type Execute = (sql: string, parameters: readonly (string | null)[]) => Promise<QueryResult>

/** Appends rows to a table and gives their number. Atomic only inside a transaction. */
export type LoadRows = (
  execute: Execute,
  table: Relation,
  columns: readonly string[],
  rows: readonly (readonly (string | null)[])[],
) => Promise<number>

export abstract class Session implements Driver {
  #last: Promise<unknown> = Promise.resolve()
  #inTransaction = false
  /** Of a statement of the open transaction, whether or not its caller heeded it. */
  #failure: unknown

  /** Begins a transaction that writes nothing; where the warehouse has none, one that is only rolled back. */
  protected readonly beginReading: string = 'begin read only'

  /** How rows are appended to a table. */
  protected abstract readonly loadRows: LoadRows

  /** Sends one statement; no other is under way. Throws Faults. */
  protected abstract send(sql: string, parameters: readonly (string | null)[]): Promise<QueryResult>
  abstract lock(keys: readonly LockKey[], purpose: string): Promise<Lock>
  /** Where locks are leases, they outlive the statements of a run that died. */
  async share(_keys: readonly LockKey[]): Promise<void> {}
  abstract cancel(): Promise<void>
  abstract close(): Promise<void>

  execute(sql: string, parameters: readonly (string | null)[] = []): Promise<QueryResult> {
    const answer = this.#last.then(() => {
      // Both ends the text in the protocol: the server would see half a statement.
      if (!sql.includes('\0')) return this.send(sql, parameters)
      throw new StatementFault(error('statement-failed', 'The statement contains U+0000.'), sql, '22021')
    })
    // Its caller hears of it; the next statement runs all the same.
    this.#last = answer.catch(reason => {
      this.#failure = reason
    })
    return answer
  }

  async transaction<T>(work: () => Promise<T>): Promise<T> {
    if (this.#inTransaction) throw new Error('Driver.transaction is not to be nested')
    this.#inTransaction = true
    try {
      await this.execute('begin')
      this.#failure = undefined
      const result = await this.#work(work)
      await this.#commit()
      return result
    } finally {
      this.#inTransaction = false
    }
  }

  async reading<T>(work: () => Promise<T>): Promise<T> {
    if (this.#inTransaction) throw new Error('Driver.reading is not to be nested')
    this.#inTransaction = true
    try {
      await this.execute(this.beginReading)
      return await work()
    } finally {
      await this.execute('rollback').catch(() => undefined) // as in #work
      this.#inTransaction = false
    }
  }

  async load(
    table: Relation,
    columns: readonly string[],
    rows: readonly (readonly (string | null)[])[],
    signal?: AbortSignal,
  ): Promise<number> {
    const execute: Execute = async (sql, parameters) => {
      if (signal?.aborted) throw statementCancelled(sql)
      return this.execute(sql, parameters)
    }
    const work = () => this.loadRows(execute, table, columns, rows)
    return this.#inTransaction ? work() : this.transaction(work)
  }

  async #work<T>(work: () => Promise<T>): Promise<T> {
    try {
      return await work()
    } catch (reason) {
      // A rollback fails only where the session is gone, and then the server rolls back by itself; the first
      // error is the one to report.
      await this.execute('rollback').catch(() => undefined)
      throw reason
    }
  }

  async #commit(): Promise<void> {
    await this.#last
    // Postgres would answer the commit with a rollback and no error; Snowflake would commit all the rest.
    if (this.#failure !== undefined) {
      if (isConnectionLost(this.#failure)) throw this.#failure
      await this.execute('rollback').catch(() => undefined) // as in #work
      const message =
        'The transaction was rolled back: a statement in it had failed, and its error was not heeded.'
      throw new StatementFault(error('statement-failed', message), 'commit', '25P02')
    }
    try {
      await this.execute('commit')
    } catch (reason) {
      throw isConnectionLost(reason) ? inDoubt(reason) : reason
    }
  }
}

/** Whether a commit took place that was not answered can only be seen in the tables. */
function inDoubt(lost: Faults): Faults {
  const { cause, mayPass = false } = lost.diagnostics[0] ?? {}
  const message =
    'The connection was lost during commit: the transaction is either wholly done or wholly undone.'
  const hint = 'Start the command again; it looks at the tables for what had been done.'
  return new Faults([error('connection-lost', message, { hint, mayPass, ...(cause ? { cause } : {}) })], 1)
}
