// A driver that takes another warehouse's SQL and executes it on Postgres. What has to be rewritten for that is a short
// table; a statement that needs anything else fails.

import type { Driver, QueryResult } from '../../adapters/driver.js'

interface Rewrite {
  readonly find: RegExp
  readonly put: string | ((match: string, ...groups: string[]) => string)
  readonly reason: string
}

export interface Emulation {
  /** What a new database gets, and each session on it is set to. */
  readonly setUp: readonly string[]
  readonly rewrites: readonly Rewrite[]
  /** Statements that would commit the open transaction: there is none of them in one. */
  readonly committing: RegExp
}

/** The statements of Postgres for one of the emulated warehouse. */
export function rewritten(sql: string, { rewrites }: Emulation): readonly string[] {
  const text = rewrites.reduce(
    (done, { find, put }) => (typeof put === 'string' ? done.replace(find, put) : done.replace(find, put)),
    sql,
  )
  return text.split(';\n')
}

/** @param driver connected to an empty database of Postgres */
export async function emulate(driver: Driver, emulation: Emulation): Promise<Driver> {
  for (const sql of emulation.setUp) await driver.execute(sql)
  let inTransaction = false
  return {
    ...forwarded(driver),
    async execute(sql) {
      if (inTransaction && emulation.committing.test(sql))
        throw new Error(`would commit the open transaction: ${sql}`)
      let result: QueryResult | undefined
      for (const statement of rewritten(sql, emulation)) result = await driver.execute(statement)
      if (!result) throw new Error('nothing to execute')
      return result
    },
    transaction: async work => {
      inTransaction = true
      return driver.transaction(work).finally(() => {
        inTransaction = false
      })
    },
  }
}

const forwarded = (driver: Driver): Omit<Driver, 'execute' | 'transaction'> => ({
  reading: work => driver.reading(work),
  load: (...load) => driver.load(...load),
  lock: (...lock) => driver.lock(...lock),
  share: (...keys) => driver.share(...keys),
  cancel: () => driver.cancel(),
  close: () => driver.close(),
})
