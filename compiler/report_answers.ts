// The questions of a plan's report -> parts of the report, as the database answers them. A question that fails is a warning: what
// was run is done all the same.

import type { Driver, QueryResult } from '../adapters/driver.js'
import { type Diagnostic, Faults, warning } from './diagnostics.js'
import type { ReportQuestion } from './report_questions.js'

interface WrittenRows {
  readonly module: string
  readonly rows: number
  readonly duplicateRows: number
  /** Keys of which no copy was kept. */
  readonly keysRemoved: number
}

export interface DayRows {
  /** `2024-01-31`. */
  readonly day: string
  readonly rows: number
}

export type ReportPart =
  | { readonly kind: 'written'; readonly written: readonly WrittenRows[] }
  | { readonly kind: 'per_day'; readonly table: string; readonly days: readonly DayRows[] }

export interface ReportSink {
  told(part: ReportPart): void
  failed(diagnostic: Diagnostic): void
}

/** @param committed the modules that have committed; of the others the last row is that of an earlier run */
export async function askReport(
  driver: Driver,
  questions: readonly ReportQuestion[],
  committed: ReadonlySet<string>,
  sink: ReportSink,
): Promise<void> {
  for (const { kind, statements } of questions) {
    try {
      let result: QueryResult | undefined
      for (const { sql } of statements) result = await driver.execute(sql)
      if (result) for (const part of partsOf(kind, result, committed)) sink.told(part)
    } catch (cause) {
      if (!(cause instanceof Faults)) throw cause
      sink.failed(notAnswered(statements.at(-1)?.purpose ?? kind, cause))
    }
  }
}

function partsOf(
  kind: ReportQuestion['kind'],
  { rows }: QueryResult,
  committed: ReadonlySet<string>,
): readonly ReportPart[] {
  if (kind === 'written') {
    const written = rows.map(([module, ...counts]) => {
      const [all = 0, duplicateRows = 0, keysRemoved = 0] = counts.map(Number)
      return { module: String(module), rows: all, duplicateRows, keysRemoved }
    })
    return [{ kind, written: written.filter(({ module }) => committed.has(module)) }]
  }
  const [first] = rows
  if (!first) return []
  const days = rows.map(([, day, count]) => ({ day: String(day).slice(0, 10), rows: Number(count) }))
  return [{ kind, table: String(first[0]), days: withoutGaps(days) }]
}

const dayLength = 86_400_000

/** A day without rows is a day too. */
function withoutGaps(days: readonly DayRows[]): readonly DayRows[] {
  const counts = new Map(days.map(({ day, rows }) => [day, rows]))
  const [first, last] = [days[0]?.day, days.at(-1)?.day].map(day => Date.parse(`${day}T00:00:00Z`))
  if (first === undefined || last === undefined) return []
  return Array.from({ length: (last - first) / dayLength + 1 }, (_, index) => {
    const day = new Date(first + index * dayLength).toISOString().slice(0, 10)
    return { day, rows: counts.get(day) ?? 0 }
  })
}

function notAnswered(purpose: string, { diagnostics }: Faults): Diagnostic {
  const [first] = diagnostics
  return warning('report-failed', `the report lacks a part: ${purpose}`, {
    ...(first ? { cause: first.message } : {}),
    hint: 'What was run is done; only the report of it is not whole.',
  })
}
