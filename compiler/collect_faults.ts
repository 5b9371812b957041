// Lets a stage go on after a fault, so that all the faults of one project are reported together.

import { type Diagnostic, Faults } from './diagnostics.js'

/** The value of `work`, or undefined where it ended in faults, which are then added to `faults`. */
export function collectFaults<T>(faults: Diagnostic[], work: () => T): T | undefined {
  try {
    return work()
  } catch (cause) {
    if (!(cause instanceof Faults)) throw cause
    faults.push(...cause.diagnostics)
    return undefined
  }
}
