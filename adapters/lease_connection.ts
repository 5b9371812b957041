// The connection on which a lease is kept, since those of the run are busy with long statements. One that was lost is opened
// anew: every statement of a lease may be repeated.

import type { Driver, QueryResult } from './driver.js'
import { isConnectionLost } from './statement_fault.js'

export class LeaseConnection {
  #open: Promise<Driver> | undefined

  constructor(private readonly connect: () => Promise<Driver>) {}

  /** @throws Faults of connecting, of the statement; `connection-lost` where a second connection is lost too */
  execute(sql: string): Promise<QueryResult> {
    return this.#again(driver => driver.execute(sql))
  }

  /** The statements as one transaction, which is cancelled where others keep it waiting for longer than this. */
  transaction(statements: readonly string[], millis: number): Promise<void> {
    return this.#again(async driver => {
      const timer = setTimeout(() => void driver.cancel(), millis)
      try {
        await driver.transaction(async () => {
          for (const sql of statements) await driver.execute(sql)
        })
      } finally {
        clearTimeout(timer)
      }
    })
  }

  /** Never throws. */
  async close(): Promise<void> {
    const open = this.#open
    this.#open = undefined
    await open?.then(
      driver => driver.close(),
      () => undefined, // it was never opened
    )
  }

  async #again<T>(work: (driver: Driver) => Promise<T>): Promise<T> {
    try {
      return await work(await this.#driver())
    } catch (reason) {
      if (!isConnectionLost(reason)) throw reason
      await this.close()
      return work(await this.#driver())
    }
  }

  #driver(): Promise<Driver> {
    this.#open ??= this.connect().catch(reason => {
      this.#open = undefined
      throw reason
    })
    return this.#open
  }
}
