// How much is tried: with SESHAT_CRASH=statements every statement in this process, with SESHAT_CRASH=all in real processes too;
// else a sample by a seed that is another one every day, or that of SESHAT_CRASH_SEED.

import { random } from '../oracle/random.js'

const wanted = process.env['SESHAT_CRASH']

/** Whether real processes die at every statement. */
export const everything = wanted === 'all'

const everyStatement = everything || wanted === 'statements'

const day = 86_400_000

export const seed = Number(process.env['SESHAT_CRASH_SEED'] ?? Math.floor(Date.now() / day))

/** All of it, or so many. */
export const sampleOf = <T>(items: readonly T[], most: number, all = everyStatement): readonly T[] =>
  all ? items : random(seed).shuffle(items).slice(0, most)
