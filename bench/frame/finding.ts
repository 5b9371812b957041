// What a benchmark has found out: one figure for each target, as data. Medians in, a result out that can be compared with that of
// another day or machine.

export interface Finding {
  /** Permanent, kebab-case: recorded results are found by it. */
  readonly name: string
  /** What was measured, in words. */
  readonly what: string
  readonly unit: 's' | 'ms' | 'MB' | 'bytes' | 'statements' | 'rows'
  /** The median of it. */
  readonly median: number
  /** What it is held against, and the median of that; undefined where the target is a number by itself. */
  readonly against?: { readonly what: string; readonly median: number }
  /** How many runs the median is of. */
  readonly repeats: number
  /** What the target is about: median / that of the other, median - that of the other, or the median itself. */
  readonly kind: 'ratio' | 'difference' | 'absolute'
  /** At most. */
  readonly target: number
}

/** The number that is held against the target. */
export function resultOf({ kind, median, against }: Finding): number {
  if (kind === 'absolute') return median
  if (!against) throw new Error(`a ${kind} needs something that it is against`)
  return kind === 'ratio' ? median / against.median : median - against.median
}

/** A benchmark: it makes its own data, measures, and says what it found. */
export type Benchmark = (context: BenchContext) => Promise<readonly Finding[]>

export interface BenchContext {
  /** How often each side is measured. */
  readonly repeats: number
  /** Tells the one who waits what happens. */
  readonly say: (line: string) => void
}
