// A session of the local Snowflake server: executes on the emulation, one statement at a time, each of which can be
// stopped. As there, a statement that fails does not end its transaction.

import { setTimeout as pause } from 'node:timers/promises'
import type { Driver, QueryResult } from '../../adapters/driver.js'
import { rewritten } from './emulated_driver.js'
import { snowflakeEmulation } from './snowflake.js'

/** What a session executes on. */
export type Backend = Pick<Driver, 'execute' | 'cancel' | 'close'>

/** An error as Snowflake numbers them. */
export class Refusal extends Error {
  constructor(
    readonly number: string,
    readonly sqlState: string,
    message: string,
  ) {
    super(message)
  }
}

const noRows: QueryResult = { columns: [], numbers: [], rows: [], rowCount: 0 }

export type Bindings = Readonly<Record<string, { readonly value: string | null }>>

/** @param connect to a database that the emulation was set up in; where it has one session, that is everybody's */
export function sessionsOn(hasSessions: boolean, connect: () => Promise<Driver>): () => Promise<Backend> {
  const open = async (): Promise<Driver> => {
    const driver = await connect()
    await driver.execute('set standard_conforming_strings = off')
    return driver
  }
  if (hasSessions) return open
  let only: Promise<Driver> | undefined
  return async () => {
    only ??= open()
    const driver = await only
    return {
      execute: (...query) => driver.execute(...query),
      cancel: async () => undefined,
      close: async () => undefined,
    }
  }
}

export class SnowflakeSession {
  #inTransaction = false
  #timeoutSeconds = 0
  #interrupt: ((refusal: Refusal) => void) | undefined

  constructor(private readonly backend: Backend) {}

  async execute(sql: string, bindings: Bindings = {}): Promise<QueryResult> {
    const timeout = /^alter session set .*\bSTATEMENT_TIMEOUT_IN_SECONDS = (\d+)/.exec(sql)
    if (timeout) this.#timeoutSeconds = Number(timeout[1])
    if (/^alter session set /.test(sql)) return noRows
    const values = Object.entries(bindings)
      .sort(([a], [b]) => Number(a) - Number(b))
      .map(([, { value }]) => value)
    return this.#stoppable(this.#perform(sql, values))
  }

  async cancel(): Promise<void> {
    await this.#stop(new Refusal('000604', '57014', 'SQL execution canceled'))
  }

  async close(): Promise<void> {
    if (this.#inTransaction) await this.backend.execute('rollback')
    this.#inTransaction = false
    await this.backend.close()
  }

  async #stop(refusal: Refusal): Promise<void> {
    if (!this.#interrupt) return
    this.#interrupt(refusal)
    await this.backend.cancel()
  }

  async #stoppable<T>(work: Promise<T>): Promise<T> {
    const seconds = this.#timeoutSeconds
    const message = `Statement reached its statement or warehouse timeout of ${seconds} second(s) and was canceled.`
    let timer: NodeJS.Timeout | undefined
    const stopped = new Promise<never>((_, reject) => {
      this.#interrupt = reject
      if (seconds > 0)
        timer = setTimeout(() => this.#stop(new Refusal('000630', '57014', message)), seconds * 1000)
    })
    return Promise.race([work, stopped]).finally(() => {
      clearTimeout(timer)
      this.#interrupt = undefined
    })
  }

  async #perform(sql: string, values: readonly (string | null)[]): Promise<QueryResult> {
    const wait = /^call system\$wait\((\d+)\)$/.exec(sql)
    if (wait) {
      await pause(Number(wait[1]) * 1000, undefined, { ref: false })
      return { columns: ['system$wait'], numbers: [], rows: [[`waited ${wait[1]} seconds`]], rowCount: 1 }
    }
    const word = sql.toLowerCase()
    if (word === 'commit' || word === 'rollback') this.#inTransaction = false
    const result = await (this.#inTransaction ? this.#alone(sql, values) : this.#send(sql, values))
    if (word === 'begin') this.#inTransaction = true
    return result
  }

  async #alone(sql: string, values: readonly (string | null)[]): Promise<QueryResult> {
    await this.backend.execute('savepoint before_statement')
    try {
      return await this.#send(sql, values)
    } catch (reason) {
      await this.backend.execute('rollback to before_statement')
      throw reason
    }
  }

  async #send(sql: string, values: readonly (string | null)[]): Promise<QueryResult> {
    let result: QueryResult = noRows
    for (const statement of rewritten(sql, snowflakeEmulation))
      result = await this.backend.execute(numbered(statement, values.length), values)
    return result
  }
}

const numbered = (sql: string, count: number): string => {
  let place = 0
  return count === 0 ? sql : sql.replaceAll('?', () => `$${++place}`)
}
