// The fault of a run whose lock is no longer its own.

import { error, Faults } from '../compiler/diagnostics.js'

/**
 * @param why what became of the lock, as a sentence
 * @param mayPass it was lost with a connection, and nobody is known to have taken it
 */
export const lockLost = (why: string, cause?: string, mayPass = false): Faults =>
  new Faults(
    [
      error('lock-lost', why, {
        ...(cause === undefined ? {} : { cause }),
        mayPass,
        hint: 'The open transaction was rolled back. Start the command again when no other run holds the lock.',
      }),
    ],
    1,
  )
