// What the statements of a run have taken, one by one -> a table of the longest for people, all of them for programs. It says where
// the time of a run goes.

import type { Reporter } from './reporter.js'
import { withCommas } from './text_table.js'

export interface StatementTiming {
  readonly step: string
  readonly purpose: string
  readonly seconds: number
  /** Rows that it changed, or that it gave. */
  readonly rows: number
}

/** Notes each statement when it is done. */
export interface Stopwatch {
  /** Seconds of some clock that only goes forward. */
  readonly clock: () => number
  readonly told: (timing: StatementTiming) => void
}

const longest = 30

/** Says how many statements there were, and shows the longest, longest first. */
export function tellTimings(reporter: Reporter, timings: readonly StatementTiming[]): void {
  const sorted = [...timings].sort((a, b) => b.seconds - a.seconds)
  const total = timings.reduce((sum, { seconds }) => sum + seconds, 0)
  reporter.say(
    `\n  ${withCommas(timings.length)} statements took ${total.toFixed(2)}s${sorted.length > longest ? `; the ${longest} longest` : ''}`,
    'timings',
    { statements: timings },
  )
  reporter.table({
    head: ['seconds', 'rows', 'step', 'statement'],
    rows: sorted
      .slice(0, longest)
      .map(({ seconds, rows, step, purpose }) => [seconds.toFixed(3), withCommas(rows), step, purpose]),
    right: [0, 1],
    widest: 60,
  })
}
