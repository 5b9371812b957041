// The lock file of an embedded database, looked at from outside: who holds it, and whether that process still runs. One
// that runs is not robbed of it: two processes on one directory lose rows.

import { existsSync, realpathSync } from 'node:fs'
import { error, Faults } from '../../compiler/diagnostics.js'
import type { Locks } from '../held_lock.js'
import { type DirectoryHolder, holderOfDirectory, lockDirectory } from './lock.js'

/** @param path of the database's folder, which need not be there */
export function embeddedLocks(path: string, application: string): Locks {
  const directory = existsSync(path) ? realpathSync(path) : path
  const holder = holderOfDirectory(directory)
  const none = { consequence: '', free: async () => undefined, close: async () => undefined }
  if (holder === undefined) return { held: [], ...none }
  const { since, alive, purpose } = holder
  const who = `${processOf(holder)} (${purpose})`
  return {
    ...none,
    held: [{ lock: `${path}.lock`, who, since, state: alive ? 'held' : 'gone' }],
    ...(alive ? { refusal: stillLocked(path, holder) } : {}),
    // Taken over as the next run would, then given back.
    free: async () => lockDirectory(directory, application, () => undefined).release(),
  }
}

const processOf = ({ pid, host }: DirectoryHolder): string =>
  pid === 0 ? 'an unknown process' : `process ${pid} on ${host}`

const stillLocked = (path: string, holder: DirectoryHolder): Faults =>
  new Faults(
    [
      error('still-locked', `the embedded database ${path} is in use by ${processOf(holder)}`, {
        hint: holder.here
          ? `Two processes on one database would lose rows. End that one: kill ${holder.pid}`
          : 'It is on another machine: end it there. Its lock lapses 60 seconds after it was last heard of.',
      }),
    ],
    3,
  )
