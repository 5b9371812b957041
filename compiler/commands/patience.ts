// How long a command waits for a lock that another one holds: not at all, or as --wait says.

import { setTimeout } from 'node:timers/promises'
import { Locked } from '../../adapters/locked.js'
import { Faults } from '../diagnostics.js'
import { interrupted } from '../execute.js'
import type { CommandContext } from './session.js'

/** Makes attempts until one is not refused for a lock, or the time is up: then throws the refusal. */
export type Patience = <T>(attempt: () => Promise<T>) => Promise<T>

const firstPauseMillis = 100
const longestPauseMillis = 3_000

/**
 * Asks now and then, more and more seldom; the first time that it has to wait it says for whom.
 * @param seconds from the first refusal on, for all attempts together; undefined: does not wait
 */
export function patience(seconds: number | undefined, { reporter, signal }: CommandContext): Patience {
  if (seconds === undefined) return attempt => attempt()
  let end: number | undefined
  let told = false
  return async attempt => {
    for (let pause = firstPauseMillis; ; pause = Math.min(pause * 1.5, longestPauseMillis)) {
      try {
        return await attempt()
      } catch (reason) {
        if (!(reason instanceof Locked)) throw reason
        end ??= performance.now() + seconds * 1000
        const left = end - performance.now()
        if (left <= 0) throw reason
        if (!told && reason.holder) {
          const { who, since } = reason.holder
          reporter.say(`waiting for ${who}, which holds the lock since ${since}\n`, 'waiting_for_lock', {
            ...reason.holder,
            seconds,
          })
          reporter.waiting('waiting for the lock')
          told = true
        }
        // Those who came together do not ask together for ever.
        await setTimeout(Math.min(pause * (0.75 + Math.random() / 2), left), undefined, { signal }).catch(
          () => {
            throw new Faults([interrupted()], 1)
          },
        )
      }
    }
  }
}
