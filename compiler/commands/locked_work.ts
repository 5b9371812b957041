// A connection that holds the locks of a project's tables, for work that others must not do at the same time. Connecting is tried
// again where that may help, and a lock that another command holds is waited for as --wait says.

import type { Driver, Lock } from '../../adapters/driver.js'
import { Locked } from '../../adapters/locked.js'
import { Faults } from '../diagnostics.js'
import type { Profile } from '../profile.js'
import type { Project } from '../project.js'
import { isPassing, type Retries, repeated } from '../repeat.js'
import { type Patience, patience } from './patience.js'
import { type CommandContext, type CommonOptions, lockKeys, openDriver, withDriver } from './session.js'

/** Another command held the lock: nothing was done, and what is in the target folder may be that command's. */
export class KeptOut extends Faults {}

/**
 * @param work is given one more connection by its last argument, as often as it asks
 * @throws Faults of connecting and of `work`; `locked` (3), and `interrupted` where that ended the waiting, as KeptOut
 */
export async function withLock<T>(
  project: Project,
  profile: Profile,
  command: string,
  options: CommonOptions,
  context: CommandContext,
  retries: Retries,
  work: (driver: Driver, lock: Lock, open: () => Promise<Driver>) => Promise<T>,
): Promise<T> {
  const { signal } = context
  const waits = patience(options.wait, context)
  let refused = false
  const attempts: Patience = attempt =>
    waits(() =>
      attempt().catch(reason => {
        refused = reason instanceof Locked
        throw reason
      }),
    ).then(result => {
      refused = false
      return result
    })
  const persistently: Patience = attempt =>
    repeated('connection', retries, ({ diagnostics }) => diagnostics.every(isPassing), attempt)
  const open = (): Promise<Driver> => persistently(() => openDriver(project, profile, command, { signal }))
  const locked = async (driver: Driver): Promise<T> => {
    const lock = await attempts(() => driver.lock(lockKeys(project), command))
    try {
      return await work(driver, lock, open)
    } finally {
      await lock.release()
    }
  }
  try {
    return await withDriver(project, profile, command, signal, locked, {
      attempts: attempt => attempts(() => persistently(attempt)),
    })
  } catch (reason) {
    throw refused && reason instanceof Faults ? new KeptOut(reason.diagnostics, reason.exitCode) : reason
  }
}
