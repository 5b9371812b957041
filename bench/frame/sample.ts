// What one run of something costs, and how two sides are measured fairly: in turn, so that what else the machine does disturbs
// both alike. Sides in, samples of each out.

export interface Sample {
  /** By the clock on the wall. */
  readonly seconds: number
  /** User and system time of the processor, of all processes of the run; where it is known. */
  readonly cpu?: number
  /** The largest memory that one of its processes held, in MB; where it is known. */
  readonly peak?: number
}

/** Does the work once. What comes before and after it that should not count is the side's own affair. */
export type Side = () => Sample | Promise<Sample>

/**
 * Runs every side once without counting, then `repeats` times, one after the other in each round.
 * @param say told what comes next
 */
export async function interleaved<Name extends string>(
  sides: Readonly<Record<Name, Side>>,
  repeats: number,
  say: (line: string) => void,
): Promise<Readonly<Record<Name, readonly Sample[]>>> {
  const names = Object.keys(sides) as Name[]
  const samples = Object.fromEntries(names.map(name => [name, [] as Sample[]])) as Record<Name, Sample[]>
  for (let round = 0; round <= repeats; round++)
    for (const name of names) {
      const sample = await sides[name]()
      say(`  ${round === 0 ? 'warm-up' : `${round}/${repeats}`} ${name} ${sample.seconds.toFixed(2)} s`)
      if (round > 0) samples[name].push(sample)
    }
  return samples
}

/** @param values one at least */
function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b)
  const half = Math.floor(sorted.length / 2)
  const [low, high] = [sorted[sorted.length % 2 === 0 ? half - 1 : half], sorted[half]]
  if (low === undefined || high === undefined) throw new Error('there is no median of nothing')
  return (low + high) / 2
}

/** The median of one quantity of some samples; all of them must know it. */
export const medianOf = (samples: readonly Sample[], quantity: keyof Sample): number =>
  median(
    samples.map(sample => {
      const value = sample[quantity]
      if (value === undefined) throw new Error(`a sample does not know its ${quantity}`)
      return value
    }),
  )
