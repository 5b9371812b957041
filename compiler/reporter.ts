// Everything that a command says: progress, summaries, faults; as text for people or as a JSON object per line for
// programs. The only place that writes to the terminal, so that a secret has one gate to pass.

import type { Diagnostic } from './diagnostics.js'
import { jsonReporter } from './json_reporter.js'
import type { Step } from './plan.js'
import type { TextOf } from './render_diagnostic.js'
import type { Retry } from './repeat.js'
import type { Progress } from './reports.js'
import type { RunReport } from './run_report.js'
import { hiding } from './secrets.js'
import type { StepResult } from './step_result.js'
import { textReporter } from './text_reporter.js'
import type { TextTable } from './text_table.js'

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
  const gate: SecretGate = { hide, clean: text => cleaner(text) }
  return options.format === 'json' ? jsonReporter(options, gate) : textReporter(options, gate)
}

/** What keeps secrets in. Texts pass it before they are wrapped, cut, escaped or coloured: after that they cannot be found. */
export type SecretGate = Pick<Reporter, 'hide' | 'clean'>
