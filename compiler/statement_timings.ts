// What the statements of a run have taken, one by one -> a table of the longest for people, all of them for programs. It says where
// the time of a run goes.

import type { Dialect } from '../adapters/dialect.js'
import type { Buffers, Driver, QueryResult } from '../adapters/driver.js'
import type { Reporter } from './reporter.js'
import { withCommas } from './text_table.js'

export interface StatementTiming {
  readonly step: string
  readonly purpose: string
  readonly seconds: number
  /** Rows that it changed, or that it gave. */
  readonly rows: number
  readonly buffers?: Buffers
}

/** Notes each statement when it is done. */
export interface Stopwatch {
  /** Seconds of some clock that only goes forward. */
  readonly clock: () => number
  readonly told: (timing: StatementTiming) => void
  readonly measuring?: Dialect['measuring']
}

/** Runs a statement and notes it, with what it went through where the server tells. */
export async function executeTimed(
  driver: Driver,
  { clock, told, measuring }: Stopwatch,
  sql: string,
  of: Pick<StatementTiming, 'step' | 'purpose'>,
): Promise<QueryResult> {
  const measured = measuring?.sql(sql)
  const start = clock()
  const result = await driver.execute(measured ?? sql)
  const seconds = clock() - start
  if (!measuring || measured === undefined) {
    told({ ...of, seconds, rows: result.rowCount })
    return result
  }
  const { rowCount, buffers } = measuring.read(result)
  told({ ...of, seconds, rows: rowCount, buffers })
  return { columns: [], numbers: [], rows: [], rowCount }
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
  const isMeasured = timings.some(({ buffers }) => buffers)
  reporter.table({
    head: ['seconds', 'rows', ...(isMeasured ? ['hit MB', 'read MB', 'log MB'] : []), 'step', 'statement'],
    rows: sorted
      .slice(0, longest)
      .map(({ seconds, rows, buffers, step, purpose }) => [
        seconds.toFixed(3),
        withCommas(rows),
        ...(isMeasured ? megabytes(buffers) : []),
        step,
        purpose,
      ]),
    right: isMeasured ? [0, 1, 2, 3, 4] : [0, 1],
    widest: 60,
  })
}

const pageBytes = 8192

const megabytes = (buffers: Buffers | undefined): readonly string[] =>
  buffers
    ? [buffers.hit * pageBytes, buffers.read * pageBytes, buffers.log_bytes].map(bytes =>
        (bytes / 2 ** 20).toFixed(1),
      )
    : ['', '', '']
