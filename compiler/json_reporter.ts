// What a command says -> a JSON object per line, for programs.

import { withHint } from './hints.js'
import { rowObjects } from './json_rows.js'
import { countResults, nothingNew } from './report_lines.js'
import type { Reporter, ReporterOptions, SecretGate } from './reporter.js'
import { reportEntry } from './run_report.js'
import { withCleanTexts } from './secrets.js'
import type { StepResult } from './step_result.js'

export function jsonReporter(options: ReporterOptions, gate: SecretGate): Reporter {
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

const round = (seconds: number): number => Math.round(seconds * 1000) / 1000

const stepData = ({
  step,
  status,
  rows,
  written,
  seconds,
  diagnostics,
  foundNothing,
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
  ...(foundNothing && { message: nothingNew({ foundNothing }) }),
  ...(tested && {
    failures: tested.failures ?? null,
    message: tested.message ?? null,
    failing_rows: rowObjects(tested.rows),
  }),
})
