// What `seshat unlock` sees of the locks of a run, and may take away: the same words for every warehouse.

import type { Faults } from '../compiler/diagnostics.js'

/** One that holds a lock. */
export interface HeldLock {
  /** Which lock: a table, a number, a file. */
  readonly lock: string
  readonly who: string
  readonly since: string
  /** `gone`: it died, or has not been heard of for too long; the next run takes the lock over by itself. */
  readonly state: 'held' | 'gone'
}

/** The locks of one project, open to be looked at. */
export interface Locks {
  readonly held: readonly HeldLock[]
  /** Why the lock cannot be taken from them, exit code 3: `still-locked`. */
  readonly refusal?: Faults
  /** What becomes of those that still work when the lock is taken from them. */
  readonly consequence: string
  /**
   * Takes the locks away from those in `held`, and from nobody who has come since.
   * @throws Faults `missing-privilege`, `still-locked`
   */
  free(): Promise<void>
  /** Never throws. */
  close(): Promise<void>
}
