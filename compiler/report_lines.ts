// Steps, tests and results -> the lines in which a person reads of them.

import type { createColors } from 'picocolors'
import { textTable } from './query_rows.js'
import type { Retry } from './repeat.js'
import type { CheckedStep } from './reporter.js'
import { type RunReport, reportBlocks } from './run_report.js'
import { isDone, type StepResult } from './step_result.js'
import { renderTable, withCommas, wrapped } from './text_table.js'

type ReporterColors = ReturnType<typeof createColors>

const idWidth = 34
/** Behind the id, the kind and the rows. */
const timeColumn = idWidth + 25

/** Its status, its name, and what came of it, in as many lines as that takes. */
export function checkedLines(
  { step, status, detail }: CheckedStep,
  width: number,
  colors: ReporterColors,
): readonly string[] {
  const marks = { ok: colors.green, failed: colors.red, 'not reached': colors.dim }
  const mark = marks[status]((status === 'failed' ? 'FAILED' : status).padEnd(11))
  const indent = ' '.repeat(27)
  const [first = '', ...more] = wrapped(detail, width - indent.length)
  return [`  ${mark}  ${step.padEnd(10)}  ${first}`.trimEnd(), ...more.map(text => indent + text)]
}

export const retryLine = (
  { what, number, most, pauseSeconds, reason }: Retry,
  colors: ReporterColors,
): string =>
  `  ${colors.yellow('again')} ${what}, retry ${number} of ${most} in ${pauseSeconds.toFixed(1)}s: ${reason.message}`

export function stepLine(result: StepResult, width: number, colors: ReporterColors): string {
  const { step, status, rows, seconds, tested } = result
  const mark = warns(result)
    ? colors.yellow('warn ')
    : {
        success: colors.green('ok   '),
        error: colors.red('ERROR'),
        skipped: colors.yellow('skip '),
      }[status]
  const kind = step.unitTest ? 'unit test' : step.kind === 'model' ? (step.materialized ?? '') : step.kind
  const counted =
    rows === undefined ? nothingNew(result) : `${withCommas(rows)} ${rows === 1 ? 'row' : 'rows'}`
  const time = status === 'skipped' ? '' : `${seconds.toFixed(2)}s`
  // A longer name takes from the room between what it is and its rows, so that the times stand below each other.
  const what = `${step.id.padEnd(idWidth)} ${kind}`
  const line = `  ${mark} ${what}${` ${counted}`.padStart(timeColumn - what.length)} ${time.padStart(8)}`
  const why = status === 'skipped' ? (tested?.message ?? '') : ''
  const indent = ' '.repeat(8)
  const reason = why === '' ? [] : wrapped(why, width - indent.length).map(text => indent + text)
  return [line.trimEnd(), ...reason].join('\n')
}

/** What is said of a step that has left something out, since its module has nothing new. */
export const nothingNew = ({ foundNothing }: Pick<StepResult, 'foundNothing'>): string =>
  foundNothing ? 'nothing new' : ''

/** A test that has found rows and fails nothing. */
const warns = ({ status, tested }: StepResult): boolean => status === 'success' && (tested?.failures ?? 0) > 0

/** Some of the rows that fail a test, and how many more there are. */
export function testLines({ tested }: StepResult, width: number): readonly string[] {
  if (!tested || tested.rows.rows.length === 0) return []
  const { rows } = tested.rows
  const left = (tested.failures ?? 0) - rows.length
  const more = left > 0 ? [`and ${withCommas(left)} more`] : []
  return [...renderTable(textTable(tested.rows), width).lines, ...more, '']
}

/** The tables that were written, with their rows over all runs, and the report. */
export function summaryLines(
  results: readonly StepResult[],
  report: RunReport | undefined,
  width: number,
): readonly string[] {
  const counts = new Map<string, { readonly module: string; readonly rows: number }>()
  for (const { step, written } of results)
    for (const [table, count] of written)
      counts.set(table, { module: step.module, rows: (counts.get(table)?.rows ?? 0) + count })
  const rows = [...counts].map(([table, count]) => [table, count.module, withCommas(count.rows)])
  const head = ['table', 'module', 'rows written']
  const table = rows.length === 0 ? [] : renderTable({ head, rows, right: [2] }, width - 2).lines
  const parts = [table, ...(report ? reportBlocks(report, width - 2) : [])].filter(lines => lines.length > 0)
  return ['', ...parts.flatMap(lines => [...lines.map(text => `  ${text}`), ''])]
}

export function totals(results: readonly StepResult[], seconds: number, colors: ReporterColors): string {
  const { succeeded, warned, failed, skipped } = countResults(results)
  const verdict =
    failed > 0
      ? colors.red('Failed')
      : results.every(isDone)
        ? colors.green('Done')
        : colors.yellow('Incomplete')
  const warnings = warned === 0 ? '' : ` (${warned} with failing rows)`
  return `${verdict}: ${succeeded} ok${warnings}, ${failed} failed, ${skipped} skipped in ${seconds.toFixed(2)}s`
}

export function countResults(results: readonly StepResult[]) {
  const count = (status: StepResult['status']): number =>
    results.filter(result => result.status === status).length
  return {
    succeeded: count('success'),
    warned: results.filter(warns).length,
    failed: count('error'),
    skipped: count('skipped'),
  }
}
