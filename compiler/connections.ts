// The connections that a run works on: one that holds its locks and does what stands outside of steps, and as many more as
// steps run at once. Those are opened when they are first needed; one that was lost is not used again.

import type { Driver } from '../adapters/driver.js'
import { isConnectionLost } from '../adapters/statement_fault.js'

export interface Connections {
  /** It holds the locks, so no long statement may stand in its way where others run beside it. */
  readonly main: Driver
  /** How many steps may run at once. */
  readonly threads: number
  /** Lends a connection that nobody else works on. @throws what opening one and `work` throw */
  lend<T>(work: (driver: Driver) => Promise<T>): Promise<T>
  /** Stops every statement under way. */
  cancel(): void
  /** Closes all but the main one. */
  close(): Promise<void>
}

/** @param open opens one more; not called with one thread, where steps run on the main connection */
export function connectionsOf(main: Driver, threads: number, open: () => Promise<Driver>): Connections {
  const opened = new Set<Driver>()
  const idle: Driver[] = []
  const take = async (): Promise<Driver> => {
    const free = idle.pop()
    if (free) return free
    const driver = await open()
    opened.add(driver)
    return driver
  }
  const drop = async (driver: Driver): Promise<void> => {
    opened.delete(driver)
    await driver.close()
  }
  return {
    main,
    threads,
    async lend(work) {
      if (threads === 1) return work(main)
      const driver = await take()
      try {
        const result = await work(driver)
        idle.push(driver)
        return result
      } catch (reason) {
        if (isConnectionLost(reason)) await drop(driver)
        else idle.push(driver)
        throw reason
      }
    },
    cancel() {
      for (const driver of [main, ...opened]) void driver.cancel()
    },
    async close() {
      await Promise.all([...opened].map(drop))
    },
  }
}

/** Everything on one connection. */
export const oneConnection = (driver: Driver): Connections =>
  connectionsOf(driver, 1, () => Promise.resolve(driver))
