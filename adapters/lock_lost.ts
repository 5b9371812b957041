// The fault of a run whose lock is no longer its own.

import { error, Faults } from '../compiler/diagnostics.js'

/** @param why what became of the lock, as a sentence */
export const lockLost = (why: string, cause?: string): Faults =>
  new Faults(
    [
      error('lock-lost', why, {
        ...(cause === undefined ? {} : { cause }),
        hint: 'The open transaction was rolled back. Start the command again when no other run holds the lock.',
      }),
    ],
    1,
  )
