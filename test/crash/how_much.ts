// How much is tried: a sample, of which SESHAT_CRASH_SEED draws another one; with
// SESHAT_CRASH=statements every statement of a run in the test's process; with SESHAT_CRASH=all in real processes too.

import { random } from '../oracle/random.js'

const wanted = process.env['SESHAT_CRASH']

/** The number for what is wanted. */
export const amount = <T = number>(sample: T, statements: T, all: T): T =>
  wanted === 'all' ? all : wanted === 'statements' ? statements : sample

export const seed = Number(process.env['SESHAT_CRASH_SEED'] ?? 1)

/** In an order by the seed. */
export const shuffled = <T>(items: readonly T[]): readonly T[] => random(seed).shuffle(items)

/** At most so many, by the seed. */
export const sampleOf = <T>(items: readonly T[], most: number): readonly T[] =>
  most >= items.length ? items : shuffled(items).slice(0, most)
