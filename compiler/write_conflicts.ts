// Work that lost against somebody else's transaction is done again: a deadlock, a serialization failure. Nothing of it had
// taken effect, so doing it again is safe.

import { setTimeout } from 'node:timers/promises'
import { isWriteConflict } from '../adapters/statement_fault.js'

const mostAttempts = 4
const firstPauseMillis = 200

/**
 * @param work takes effect as a whole or not at all: one statement, or one transaction
 * @throws what the last attempt threw
 */
export async function despiteConflicts<T>(work: () => Promise<T>, signal: AbortSignal): Promise<T> {
  for (let attempt = 1; ; attempt += 1) {
    try {
      return await work()
    } catch (reason) {
      if (!isWriteConflict(reason) || attempt === mostAttempts || signal.aborted) throw reason
      // An interruption ends the pause; the next attempt then finds its statement cancelled.
      await setTimeout(firstPauseMillis * 2 ** attempt, undefined, { signal }).catch(() => undefined)
    }
  }
}
