// What an invocation has done, for people and programs: from the results of its steps and the answers to the plan's questions to
// one piece of data, and from that to the lines of a terminal.

import type { Module } from './module.js'
import type { DayRows, ReportPart } from './report_answers.js'
import { type Progress, progressOf, reportLines } from './reports.js'
import type { ReportEntry } from './run_results.js'
import type { StepResult } from './step_result.js'
import { renderTable, withCommas } from './text_table.js'

export interface RunReport {
  /** Of each module that has committed, in the order of the modules: over all runs of the invocation. */
  readonly written: readonly {
    readonly module: string
    /** What the rows are: `sessions written`. */
    readonly what: string
    readonly rows: number
    readonly duplicateRows: number
    readonly keysRemoved: number
  }[]
  readonly perDay: readonly { readonly table: string; readonly days: readonly DayRows[] }[]
  readonly progress: readonly (Progress & { readonly module: string })[]
  readonly leftOut: readonly { readonly module: string; readonly reason: string; readonly sessions: number }[]
  /** The steps that took longest, over all runs, the longest first. */
  readonly slowest: readonly { readonly id: string; readonly seconds: number }[]
}

const slowestSteps = 3
/** Of fewer steps it is plain which one takes its time. */
const fewSteps = 4

export function runReport(
  modules: ReadonlyMap<string, Module>,
  results: readonly StepResult[],
  parts: readonly ReportPart[],
): RunReport {
  const rows = parts.flatMap(part => (part.kind === 'written' ? part.written : []))
  const perDay = new Map(parts.flatMap(part => (part.kind === 'per_day' ? [[part.table, part.days]] : [])))
  const { progress, leftOut } = progressOf(results.flatMap(({ reports }) => reports))
  return {
    written: [...modules].flatMap(([module, { definition }]) => {
      const own = rows.filter(entry => entry.module === module)
      if (own.length === 0) return []
      const sum = (count: (entry: (typeof own)[number]) => number): number =>
        own.reduce((total, entry) => total + count(entry), 0)
      return [
        {
          module,
          what: definition.reports.rows ?? `rows of ${module}`,
          rows: sum(entry => entry.rows),
          duplicateRows: sum(entry => entry.duplicateRows),
          keysRemoved: sum(entry => entry.keysRemoved),
        },
      ]
    }),
    perDay: [...perDay].map(([table, days]) => ({ table, days })),
    progress,
    leftOut,
    slowest: slowest(results),
  }
}

function slowest(results: readonly StepResult[]): RunReport['slowest'] {
  const seconds = new Map<string, number>()
  for (const { step, status, seconds: took } of results)
    if (status !== 'skipped') seconds.set(step.id, (seconds.get(step.id) ?? 0) + took)
  if (seconds.size < fewSteps) return []
  return [...seconds]
    .map(([id, took]) => ({ id, seconds: Math.round(took * 1000) / 1000 }))
    .sort((a, b) => b.seconds - a.seconds)
    .slice(0, slowestSteps)
}

/** As target/run_results.json has it. */
export const reportEntry = ({ written, perDay, progress, leftOut, slowest }: RunReport): ReportEntry => ({
  written: written.map(({ module, what, rows, duplicateRows, keysRemoved }) => ({
    module,
    what,
    rows,
    duplicate_rows_removed: duplicateRows,
    distinct_keys_removed: keysRemoved,
  })),
  per_day: perDay.map(({ table, days }) => ({ table, days: days.map(day => ({ ...day })) })),
  progress: progress.map(({ module, readUpTo, newest, caughtUp }) => ({
    module,
    read_up_to: readUpTo ?? null,
    newest: newest ?? null,
    caught_up: caughtUp,
  })),
  left_out: leftOut.map(entry => ({ ...entry })),
  slowest: slowest.map(entry => ({ ...entry })),
})

/** Blocks of lines, to be set apart by empty ones. */
export function reportBlocks(report: RunReport, width: number): readonly (readonly string[])[] {
  const blocks = [
    writtenLines(report),
    ...report.perDay.map(({ table, days }) => dayLines(table, days, width)),
    reportLines(report, width),
    slowestLines(report),
  ]
  return blocks.filter(lines => lines.length > 0)
}

function writtenLines({ written }: RunReport): readonly string[] {
  if (written.length === 0) return []
  const head = ['this time', 'rows', 'duplicates removed']
  const rows = written.map(({ what, rows, duplicateRows, keysRemoved }) => [
    what,
    withCommas(rows),
    keysRemoved === 0
      ? withCommas(duplicateRows)
      : `${withCommas(duplicateRows)}, every copy of ${withCommas(keysRemoved)}`,
  ])
  return renderTable({ head, rows, right: [1, 2] }, 76).lines
}

const weekdays = ['Sun', 'Mon', 'Tue', 'Wed', 'Thu', 'Fri', 'Sat'] as const
const longestBar = 40
const eighths = ['', '▏', '▎', '▍', '▌', '▋', '▊', '▉'] as const

/** A bar per day, as long as its rows are many; the longest as long as there is room. */
function dayLines(table: string, days: readonly DayRows[], width: number): readonly string[] {
  const total = days.reduce((sum, { rows }) => sum + rows, 0)
  const most = Math.max(1, ...days.map(({ rows }) => rows))
  const digits = withCommas(total).length
  const room = Math.max(8, Math.min(longestBar, width - dayWidth - digits - 4))
  return [
    `${table} per day`,
    ...days.map(({ day, rows }) => {
      const name = weekdays[new Date(`${day}T00:00:00Z`).getUTCDay()]
      return `${name} ${day}  ${withCommas(rows).padStart(digits)}  ${bar(rows / most, room)}`.trimEnd()
    }),
    `${days.length === 1 ? '1 day' : `${days.length} days`}`.padEnd(dayWidth + 2) + withCommas(total),
  ]
}
/** `Wed 2024-01-31`. */
const dayWidth = 14

/** Something is longer than nothing, however little. */
function bar(share: number, room: number): string {
  const length = share === 0 ? 0 : Math.max(1, Math.round(share * room * 8))
  return '█'.repeat(Math.floor(length / 8)) + (eighths[length % 8] ?? '')
}

function slowestLines({ slowest }: RunReport): readonly string[] {
  const names = Math.max(...slowest.map(({ id }) => id.length))
  const lines = slowest.map(
    ({ id, seconds }) => `${id.padEnd(names)}  ${`${seconds.toFixed(2)}s`.padStart(8)}`,
  )
  return lines.length === 0 ? [] : ['slowest steps', ...lines]
}
