// Everything that a command says: progress, summaries, faults; as text for people or as a JSON object per line for
// programs. The only place that writes to the terminal, so that a secret has one gate to pass.

import { createColors } from 'picocolors'
import { configurationCodes } from './codes/configuration.js'
import { modelCodes } from './codes/models.js'
import type { CodeMeaning } from './diagnostic_codes.js'
import type { Diagnostic } from './diagnostics.js'
import { isDone, type StepResult } from './execute.js'
import { rowObjects } from './json_rows.js'
import type { Step } from './plan.js'
import { cleanRows, textTable } from './query_rows.js'
import { renderDiagnostic, type TextOf } from './render_diagnostic.js'
import type { Retry } from './repeat.js'
import { type Progress, progressLine } from './reports.js'
import { type RunReport, reportBlocks, reportEntry } from './run_report.js'
import { type Clean, hiding, withCleanTexts } from './secrets.js'
import { renderTable, type TextTable, withCommas, wrapped } from './text_table.js'

const meanings: Readonly<Record<string, CodeMeaning>> = { ...configurationCodes, ...modelCodes }

/** A fault of a file or a command line says what to do, by its code where it has no words of its own. */
function withHint(diagnostic: Diagnostic): Diagnostic {
  const hint = diagnostic.hint ?? meanings[diagnostic.code]?.next
  return hint === undefined ? diagnostic : { ...diagnostic, hint }
}

/** What the reporter writes to: a stream of the process, or whoever listens in its place. */
export interface ReportStream {
  write(text: string): unknown
  readonly isTTY?: boolean
  readonly columns?: number
}

export interface ReporterOptions {
  readonly format: 'text' | 'json'
  readonly quiet: boolean
  readonly color: boolean
  readonly output: ReportStream
  readonly errors: ReportStream
  readonly textOf: TextOf
}

export interface CheckedStep {
  readonly step: string
  readonly status: 'ok' | 'failed' | 'not reached'
  /** In words; empty where there is nothing to say. */
  readonly detail: string
}

export interface Reporter {
  /** A line for people; `event` and its data for programs. `--quiet` leaves it out. */
  say(text: string, event: string, data?: Readonly<Record<string, unknown>>): void
  /** What the command was asked for: printed even with `--quiet`. */
  answer(text: string, event: string, data: Readonly<Record<string, unknown>>): void
  table(table: TextTable): void
  /** A document that the command was asked for, as it is, in every format of reports: no secret may stand in it. */
  print(text: string): void
  /** Whether what is written has colours. */
  readonly color: boolean
  /** One of the steps that `seshat debug` goes through. */
  checked(step: CheckedStep): void
  faults(diagnostics: readonly Diagnostic[]): void
  /** Something without an outcome of its own goes on; a terminal shows for how long. */
  waiting(text: string): void
  /** Something that failed for a reason that may pass is tried again. */
  retrying(retry: Retry): void
  stepStarted(step: Step): void
  stepFinished(result: StepResult): void
  /** One run of an invocation is done and the next begins. */
  goesOn(progress: Progress): void
  /** @param report undefined where there is none to give */
  summary(results: readonly StepResult[], seconds: number, report: RunReport | undefined): void
  /** From now on these texts are replaced by *** in everything that is written. */
  hide(secrets: readonly string[]): void
  /** A text as it may be written: without those. */
  clean(text: string): string
}

export function createReporter(options: ReporterOptions): Reporter {
  const secrets: string[] = []
  let cleaner = hiding(secrets)
  const hide = (more: readonly string[]): void => {
    secrets.push(...more)
    cleaner = hiding(secrets)
  }
  const gate: Gate = { hide, clean: text => cleaner(text) }
  return options.format === 'json' ? jsonReporter(options, gate) : textReporter(options, gate)
}

/** What keeps secrets in. Texts pass it before they are wrapped, cut, escaped or coloured: after that they cannot be found. */
type Gate = Pick<Reporter, 'hide' | 'clean'>

function jsonReporter(options: ReporterOptions, gate: Gate): Reporter {
  const emit = (event: string, data: Readonly<Record<string, unknown>> = {}): void =>
    void options.output.write(`${JSON.stringify({ event, ...withCleanTexts(data, gate.clean) })}\n`)
  return {
    ...gate,
    say: (text, event, data) => (options.quiet ? undefined : emit(event, { text, ...data })),
    answer: (_, event, data) => emit(event, data),
    table: () => undefined,
    print: text => void options.output.write(text),
    color: false,
    checked: step => emit('debug_step', { ...step }),
    waiting: () => undefined,
    faults: diagnostics => {
      for (const diagnostic of diagnostics) emit('diagnostic', { ...withHint(diagnostic) })
    },
    retrying: ({ pauseSeconds, ...retry }) =>
      options.quiet ? undefined : emit('retry', { ...retry, pause_seconds: round(pauseSeconds) }),
    stepStarted: step =>
      options.quiet
        ? undefined
        : emit('step_started', { step: step.id, kind: step.kind, module: step.module }),
    stepFinished: result => emit('step_finished', stepData(result)),
    goesOn: progress => emit('goes_on', { ...progress }),
    summary: (results, seconds, report) =>
      emit('summary', {
        ...countResults(results),
        seconds: round(seconds),
        reports: results.flatMap(result => result.reports),
        ...(report && { report: reportEntry(report) }),
      }),
  }
}

const cleanTable = (table: TextTable, clean: Clean): TextTable => ({
  ...table,
  head: table.head.map(clean),
  rows: table.rows.map(row => row.map(clean)),
})

function cleanResult(result: StepResult, clean: Clean): StepResult {
  const { tested } = result
  if (!tested) return result
  const message = tested.message === undefined ? undefined : clean(tested.message)
  return { ...result, tested: { ...tested, message, rows: cleanRows(tested.rows, clean) } }
}

const round = (seconds: number): number => Math.round(seconds * 1000) / 1000

const stepData = ({
  step,
  status,
  rows,
  written,
  seconds,
  diagnostics,
  tested,
}: StepResult): Readonly<Record<string, unknown>> => ({
  step: step.id,
  kind: step.kind,
  module: step.module,
  status,
  rows: rows ?? null,
  written: Object.fromEntries(written),
  seconds: round(seconds),
  diagnostics,
  ...(tested && {
    failures: tested.failures ?? null,
    message: tested.message ?? null,
    failing_rows: rowObjects(tested.rows),
  }),
})

function countResults(results: readonly StepResult[]) {
  const count = (status: StepResult['status']): number =>
    results.filter(result => result.status === status).length
  return {
    succeeded: count('success'),
    warned: results.filter(warns).length,
    failed: count('error'),
    skipped: count('skipped'),
  }
}

const spinner = ['⠋', '⠙', '⠹', '⠸', '⠼', '⠴', '⠦', '⠧', '⠇', '⠏']
const minimumIdWidth = 24
/** More of them at once help nobody; with --log-format json there are all. */
const mostFaults = 100

function textReporter(options: ReporterOptions, gate: Gate): Reporter {
  const { output, errors, quiet } = options
  const { clean } = gate
  const textOf: TextOf = file => options.textOf(file)?.split('\n').map(clean).join('\n')
  const write = (stream: ReportStream, text: string): void => void stream.write(clean(text))
  const colors = createColors(options.color)
  const terminal = output.isTTY === true
  const width = (): number => (terminal ? (output.columns ?? 80) : 140)
  let drawing: NodeJS.Timeout | undefined
  let run = 1
  const underWay = new Set<string>()
  const clearRunning = (): void => {
    if (!drawing) return
    clearInterval(drawing)
    write(output, '\r\u001b[2K')
    drawing = undefined
  }
  const spin = (given: string): void => {
    if (quiet || !terminal) return
    clearRunning()
    const text = clean(given)
    const start = performance.now()
    let frame = 0
    const draw = (): void => {
      const seconds = `${((performance.now() - start) / 1000).toFixed(1)}s`
      const mark = colors.cyan(spinner[frame++ % spinner.length] ?? '')
      const shown = text.slice(0, width() - seconds.length - 6)
      write(output, `\r\u001b[2K  ${mark} ${shown} ${colors.dim(seconds)}`)
    }
    draw()
    drawing = setInterval(draw, 100).unref()
  }
  const spinSteps = (): void => {
    if (underWay.size > 0) spin([...underWay].join(', '))
  }
  const line = (text: string): void => {
    clearRunning()
    write(output, `${text}\n`)
  }
  const faults = (diagnostics: readonly Diagnostic[]): void => {
    clearRunning()
    for (const diagnostic of withCleanTexts(diagnostics.slice(0, mostFaults).map(withHint), clean))
      write(errors, renderDiagnostic(diagnostic, textOf, colors, width()))
    const more = diagnostics.length - mostFaults
    if (more > 0) write(errors, `… and ${withCommas(more)} more\n`)
  }
  return {
    ...gate,
    faults,
    say: text => (quiet ? undefined : line(text)),
    answer: text => line(text),
    print: text => void output.write(text),
    color: options.color,
    table(table) {
      const { lines, hidden } = renderTable(cleanTable(table, clean), width())
      for (const text of lines) line(text)
      if (hidden > 0)
        line(colors.dim(`… and ${hidden} more ${hidden === 1 ? 'column' : 'columns'}; ${table.more ?? ''}`))
    },
    checked: step => {
      for (const text of checkedLines(withCleanTexts(step, clean), width(), colors)) line(text)
    },
    waiting: spin,
    retrying(retry) {
      if (!quiet) line(retryLine(retry, colors))
      spinSteps()
    },
    stepStarted(step) {
      underWay.add(step.id)
      spinSteps()
    },
    stepFinished(given) {
      const result = cleanResult(given, clean)
      underWay.delete(result.step.id)
      // Of many runs the first shows its steps; the others one line each, and what goes wrong.
      const told = run === 1 || result.status !== 'success' || result.step.kind === 'swap'
      if (!quiet && told) line(stepLine(result, width(), colors))
      faults(result.diagnostics)
      for (const text of testLines(result, width() - 2)) write(errors, `${`  ${text}`.trimEnd()}\n`)
      spinSteps()
    },
    goesOn(progress) {
      if (!quiet) line(`${run === 1 ? '\n' : ''}  run ${run} ${progressLine(progress)}`)
      run += 1
    },
    summary(results, seconds, report) {
      clearRunning()
      if (!quiet) for (const text of summaryLines(results, report, width())) line(text)
      line(totals(results, seconds, colors))
    },
  }
}

/** Its status, its name, and what came of it, in as many lines as that takes. */
function checkedLines(
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

type ReporterColors = ReturnType<typeof createColors>

const retryLine = ({ what, number, most, pauseSeconds, reason }: Retry, colors: ReporterColors): string =>
  `  ${colors.yellow('again')} ${what}, retry ${number} of ${most} in ${pauseSeconds.toFixed(1)}s: ${reason.message}`

function stepLine(result: StepResult, width: number, colors: ReporterColors): string {
  const { step, status, rows, seconds, tested } = result
  const mark = warns(result)
    ? colors.yellow('warn ')
    : {
        success: colors.green('ok   '),
        error: colors.red('ERROR'),
        skipped: colors.yellow('skip '),
      }[status]
  const kind = step.kind === 'model' ? (step.materialized ?? '') : step.kind
  const counted = rows === undefined ? '' : `${withCommas(rows)} ${rows === 1 ? 'row' : 'rows'}`
  const time = status === 'skipped' ? '' : `${seconds.toFixed(2)}s`
  // Unit tests have longer names, and count no rows.
  if (step.unitTest)
    return `  ${mark} ${step.id.padEnd(2 * minimumIdWidth)} unit test ${time.padStart(8)}`.trimEnd()
  const line = `  ${mark} ${step.id.padEnd(minimumIdWidth + 10)} ${kind.padEnd(11)} ${counted.padStart(12)} ${time.padStart(8)}`
  const why = status === 'skipped' ? (tested?.message ?? '') : ''
  const indent = ' '.repeat(8)
  const reason = why === '' ? [] : wrapped(why, width - indent.length).map(text => indent + text)
  return [line.trimEnd(), ...reason].join('\n')
}

/** A test that has found rows and fails nothing. */
const warns = ({ status, tested }: StepResult): boolean => status === 'success' && (tested?.failures ?? 0) > 0

/** Some of the rows that fail a test, and how many more there are. */
function testLines({ tested }: StepResult, width: number): readonly string[] {
  if (!tested || tested.rows.rows.length === 0) return []
  const { rows } = tested.rows
  const left = (tested.failures ?? 0) - rows.length
  const more = left > 0 ? [`and ${withCommas(left)} more`] : []
  return [...renderTable(textTable(tested.rows), width).lines, ...more, '']
}

/** The tables that were written, with their rows over all runs, and the report. */
function summaryLines(
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

function totals(results: readonly StepResult[], seconds: number, colors: ReporterColors): string {
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
