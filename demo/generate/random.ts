// Random numbers that are the same on every machine: integers only, from a seed and the name of a stream.
// Each person draws from a stream of their own, so a change to one leaves the others as they were.

/** What the files in demo/seeds were made with. */
export const defaultSeed = 20240101

export interface Weighted {
  readonly weight: number
}

/** The generator sfc32, seeded with an FNV-1a hash of seed and stream. */
export class Random {
  readonly #state: Uint32Array

  constructor(seed: number, stream: string) {
    this.#state = Uint32Array.from([0, 1, 2].map(part => fnv1a(`${seed}/${stream}/${part}`)).concat(1))
    for (let i = 0; i < 12; i++) this.#next()
  }

  #next(): number {
    const s = this.#state
    const [a = 0, b = 0, c = 0, counter = 0] = s
    const result = (a + b + counter) >>> 0
    s[0] = b ^ (b >>> 9)
    s[1] = c + (c << 3)
    s[2] = ((c << 21) | (c >>> 11)) + result
    s[3] = counter + 1
    return result
  }

  /** A whole number from `low` to `high`, both included. */
  int(low: number, high: number): number {
    return low + Math.floor((this.#next() / 2 ** 32) * (high - low + 1))
  }

  /** True in `percent` of a hundred cases; tenths count. */
  chance(percent: number): boolean {
    return this.int(0, 999) < percent * 10
  }

  pick<T>(list: readonly [T, ...T[]]): T {
    return list[this.int(0, list.length - 1)] ?? list[0]
  }

  /** The place in a list of whole weights, each as likely as its weight says. */
  index(weights: readonly number[]): number {
    let left = this.int(1, sum(weights))
    return weights.findIndex(weight => {
      left -= weight
      return left <= 0
    })
  }

  /** One of the items, each as likely as its whole weight says. */
  weighted<T extends Weighted>(items: readonly T[]): T {
    const item = items[this.index(items.map(i => i.weight))]
    if (!item) throw new Error('nothing to choose from')
    return item
  }

  /** Shaped like a random (version 4) UUID. */
  uuid(): string {
    const hex = [1, 2, 3, 4].map(() => this.#next().toString(16).padStart(8, '0')).join('')
    const variant = this.pick(['8', '9', 'a', 'b'])
    const parts = [
      hex.slice(0, 8),
      hex.slice(8, 12),
      `4${hex.slice(13, 16)}`,
      `${variant}${hex.slice(17, 20)}`,
    ]
    return [...parts, hex.slice(20)].join('-')
  }
}

const sum = (numbers: readonly number[]): number => numbers.reduce((a, b) => a + b, 0)

function fnv1a(text: string): number {
  let hash = 0x811c9dc5
  for (const byte of Buffer.from(text)) hash = Math.imul(hash ^ byte, 0x01000193)
  return hash >>> 0
}
