// What a command says -> text for people: lines in colours, and on a terminal what is under way and for how long.

import { createColors } from 'picocolors'
import type { Diagnostic } from './diagnostics.js'
import { withHint } from './hints.js'
import { cleanRows } from './query_rows.js'
import { renderDiagnostic, type TextOf } from './render_diagnostic.js'
import { checkedLines, retryLine, stepLine, summaryLines, testLines, totals } from './report_lines.js'
import type { Reporter, ReporterOptions, ReportStream, SecretGate } from './reporter.js'
import { progressLine } from './reports.js'
import { type Clean, withCleanTexts } from './secrets.js'
import type { StepResult } from './step_result.js'
import { renderTable, type TextTable, withCommas } from './text_table.js'

const spinner = ['⠋', '⠙', '⠹', '⠸', '⠼', '⠴', '⠦', '⠧', '⠇', '⠏']
/** More of them at once help nobody; with --log-format json there are all. */
const mostFaults = 100

export function textReporter(options: ReporterOptions, gate: SecretGate): Reporter {
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
