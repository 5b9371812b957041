// The contract of everything that talks to a database. All I/O with a warehouse goes through a Driver;
// test/driver_contract.ts holds every implementation to it.

import type { Relation } from '../compiler/relation.js'

/** A value as it came from the database: integers and floats as numbers, everything else as its text. */
export type Value = string | number | boolean | null

export interface QueryResult {
  readonly columns: readonly string[]
  /** Indexes of the columns of numbers: one that JavaScript cannot hold without loss is a text there. */
  readonly numbers: readonly number[]
  readonly rows: readonly (readonly Value[])[]
  /** Rows changed by a statement that changes rows; for a query, rows returned. */
  readonly rowCount: number
}

/** What a statement has gone through: pages in the server's memory and from outside of it, and what it wrote to the log. */
export interface Buffers {
  readonly hit: number
  readonly read: number
  readonly dirtied: number
  /** Of files of its own, for what did not fit into its memory. */
  readonly temporary: number
  readonly log_bytes: number
}

export interface Measured {
  readonly rowCount: number
  readonly buffers: Buffers
}

/** Who holds a lock, for people: which command, process and host; and since when. */
export interface LockHolder {
  readonly who: string
  readonly since: string
}

/** What a run keeps for itself: the tables of one schema that bear one name. */
export interface LockKey {
  readonly schema: string
  readonly name: string
}

export interface Lock {
  /**
   * @param committing the connection whose transaction commits next: until its end nobody else gets the lock
   * @throws Faults `lock-lost` where it is not ours any more: nothing may be done on its strength
   */
  check(committing?: Pick<Driver, 'execute'>): Promise<void>
  /** Whether nothing was heard of it for so long that it may be somebody else's. Asks nobody. */
  mayHaveLapsed(): boolean
  /** Never throws, may be called twice. */
  release(): Promise<void>
}

/** Told of each step of connecting when it is done: its name, and what it came to, in words. */
export type Passed = (step: string, detail: string) => void

export interface Driver {
  /**
   * Runs one statement. Timestamps come back as their text (`2024-01-31 09:15:00`), never as a local time.
   * @throws Faults with code `statement-failed` (the server's message, no secrets) or `connection-lost`.
   */
  execute(sql: string, parameters?: readonly (string | null)[]): Promise<QueryResult>

  /** Runs `work` between begin and commit; rolls back and rethrows when it throws. Not nested. */
  transaction<T>(work: () => Promise<T>): Promise<T>

  /**
   * Runs `work` in a transaction that is rolled back whatever happens, and which the server lets write nothing where it
   * knows such transactions. Not nested.
   */
  reading<T>(work: () => Promise<T>): Promise<T>

  /**
   * Appends rows of text values to a table; null is NULL, the table's types do the parsing. Returns their number.
   * @param signal sends no more of them when it aborts; the statement under way goes on
   */
  load(
    table: Relation,
    columns: readonly string[],
    rows: readonly (readonly (string | null)[])[],
    signal?: AbortSignal,
  ): Promise<number>

  /**
   * Takes the named locks at once, all or none, for as long as this driver is open.
   * @throws Faults (exit code 3, code `locked`) that says who holds one of them and since when.
   */
  lock(keys: readonly LockKey[], purpose: string): Promise<Lock>

  /**
   * For a connection that works for a run whose locks another one holds: nobody else gets these locks while it lives, even
   * where that other one is gone and a statement goes on here.
   */
  share(keys: readonly LockKey[]): Promise<void>

  /** Stops the statement under way, if any: its `execute` then rejects. Never throws. */
  cancel(): Promise<void>

  /** Releases everything. Never throws, may be called twice. */
  close(): Promise<void>
}
