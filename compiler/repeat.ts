// Work that failed for a reason that may pass is done again, after a pause that grows. Who calls it knows that doing it again is
// safe: it had no effect, or has the same one twice.

import { setTimeout } from 'node:timers/promises'
import { type Diagnostic, Faults } from './diagnostics.js'

/** One attempt that follows another. */
export interface Retry {
  /** The step, or `connection`, or `run` for all that is left of it. */
  readonly what: string
  /** From 1. */
  readonly number: number
  readonly most: number
  readonly pauseSeconds: number
  /** What the attempt before has met. */
  readonly reason: Diagnostic
}

export interface Retries {
  /** 0: nothing is done again. */
  readonly most: number
  /** Ends a pause; nothing is done again after it. */
  readonly signal: AbortSignal
  /** From 0 to 1: spreads the pauses of those who were refused together. */
  readonly random: () => number
  told(retry: Retry): void
}

export const standardRetries = 3
const firstPauseSeconds = 0.5
const longestPauseSeconds = 30

/** From half of its length to the whole. */
const pauseBefore = (number: number, random: () => number): number =>
  Math.min(firstPauseSeconds * 2 ** (number - 1), longestPauseSeconds) * (0.5 + 0.5 * random())

/** Tells of the retry and waits for it. An interruption ends the wait. */
export async function pauseFor(
  what: string,
  number: number,
  reason: Diagnostic,
  { most, random, signal, told }: Retries,
): Promise<void> {
  const pauseSeconds = pauseBefore(number, random)
  told({ what, number, most, pauseSeconds, reason })
  await setTimeout(pauseSeconds * 1000, undefined, { signal }).catch(() => undefined)
}

/**
 * @param mayPass whether it may succeed when it is done again
 * @throws what the last attempt threw
 */
export async function repeated<T>(
  what: string,
  retries: Retries,
  mayPass: (fault: Faults) => boolean,
  work: () => Promise<T>,
): Promise<T> {
  for (let number = 1; ; number += 1) {
    try {
      return await work()
    } catch (fault) {
      const [reason] = fault instanceof Faults && mayPass(fault) ? fault.diagnostics : []
      if (!reason || number > retries.most || retries.signal.aborted) throw fault
      await pauseFor(what, number, reason, retries)
    }
  }
}

/** Of a connection that cannot be had, or was lost, for a reason that may be gone in a moment. */
export const isPassing = ({ mayPass }: Diagnostic): boolean => mayPass === true
