// In: a seed. Out: a stream of random values that is the same on every machine, so that a failing test
// can be run again from the seed it printed.

/** A seeded source of random values. */
export interface Random {
  /** A number in [0, 1). */
  next(): number
  /** True with the given probability, 0 to 1. */
  chance(rate: number): boolean
  /** A whole number from `least` to `most`, both included. */
  int(least: number, most: number): number
  /** One of the items; there must be one. */
  pick<T>(items: readonly T[]): T
  /** The items in random order; the list given stays as it is. */
  shuffle<T>(items: readonly T[]): T[]
  /** Text of the form of a version 4 UUID. */
  uuid(): string
  /** A source of its own, so that one more draw here does not change what is drawn there. */
  fork(): Random
}

/** The mulberry32 generator: 32 bits of state, enough for test data and simple to check. */
export function random(seed: number): Random {
  let state = seed >>> 0
  const bits = (): number => {
    state = (state + 0x6d2b79f5) >>> 0
    let mixed = Math.imul(state ^ (state >>> 15), state | 1)
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61)
    return (mixed ^ (mixed >>> 14)) >>> 0
  }
  const next = (): number => bits() / 4294967296
  const int = (least: number, most: number): number => least + Math.floor(next() * (most - least + 1))
  const hex = (digits: number): string =>
    Array.from({ length: digits }, () => int(0, 15).toString(16)).join('')
  return {
    next,
    int,
    chance: rate => next() < rate,
    pick: <T>(items: readonly T[]): T => {
      if (items.length === 0) throw new Error('nothing to pick from')
      return items[int(0, items.length - 1)] as T
    },
    shuffle: <T>(items: readonly T[]): T[] => {
      const shuffled = [...items]
      for (let at = shuffled.length - 1; at > 0; at -= 1) {
        const other = int(0, at)
        const held = shuffled[at] as T
        shuffled[at] = shuffled[other] as T
        shuffled[other] = held
      }
      return shuffled
    },
    uuid: () => `${hex(8)}-${hex(4)}-4${hex(3)}-a${hex(3)}-${hex(12)}`,
    fork: () => random(bits()),
  }
}
