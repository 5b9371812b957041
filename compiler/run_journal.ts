// Writes target/run_results.jsonl while an invocation works, each line as it happens, so that a killed one leaves what it has
// done; at the end target/run_results.json, all of it at once. Reads back what the last invocation has left.

import { randomUUID } from 'node:crypto'
import {
  closeSync,
  fsyncSync,
  openSync,
  readFileSync,
  renameSync,
  statSync,
  writeFileSync,
  writeSync,
} from 'node:fs'
import { dirname, join } from 'node:path'
import { type Diagnostic, fail, warning } from './diagnostics.js'
import type { Plan, Step } from './plan.js'
import type { Retry } from './repeat.js'
import { nothingNew } from './report_lines.js'
import type { Report } from './reports.js'
import {
  type DiagnosticEntry,
  type Ending,
  type Invocation,
  type JournalLine,
  journalFile,
  parseJournal,
  parseJson,
  type RunResults,
  resultsFile,
  resultsOf,
  resultsVersion,
  runResultsSchema,
  type StepEntry,
} from './run_results.js'
import { batchesHash } from './statement.js'
import type { StepResult } from './step_result.js'
import { makeFolder } from './text_folder.js'
import type { Difference } from './unit_tests/difference.js'

export interface JournalOptions {
  /** Takes secrets out of a text. */
  readonly clean: (text: string) => string
  /** Is told once where the journal cannot be written: the run goes on without. */
  readonly warn: (diagnostic: Diagnostic) => void
}

export class RunJournal {
  readonly #lines: JournalLine[] = []
  /** What happened before it was certain that the journal before may go. */
  readonly #early: JournalLine[] = []
  #file: number | undefined
  #run = 0
  #broken = false
  #ended = false

  constructor(
    private readonly directory: string,
    private readonly invocation: Invocation,
    private readonly options: JournalOptions,
  ) {}

  get begun(): boolean {
    return this.#lines.length > 0
  }

  get ended(): boolean {
    return this.#ended
  }

  /** Takes the place of the journal before. */
  begin(): void {
    const line: JournalLine = { event: 'invocation', ...this.invocation }
    this.#lines.push(line)
    this.#attempt(() => {
      const path = join(this.directory, journalFile)
      replaceFile(path, `${JSON.stringify(line)}\n`)
      this.#file = openSync(path, 'a')
    })
    for (const early of this.#early) this.#append(early)
  }

  /** A run of a plan begins. */
  startRun(plan: Plan): void {
    this.#run += 1
    const loaded = new Set(
      this.#lines.flatMap(line =>
        line.event === 'result' && ['seed', 'unit_test'].includes(line.kind) && line.status === 'success'
          ? [line.id]
          : [],
      ),
    )
    const steps = [...plan.steps, ...plan.afterwards].filter(({ id }) => !loaded.has(id))
    this.#append({ event: 'run', number: this.#run, steps: steps.map(planned) })
  }

  finished(result: StepResult): void {
    this.#append({ event: 'result', ...this.#entry(result) })
  }

  /** Something is tried again. */
  retried({ what, number, most, pauseSeconds, reason }: Retry): void {
    const line: JournalLine = {
      event: 'retry',
      run: this.#run,
      what,
      number,
      most,
      pause_seconds: round(pauseSeconds),
      reason: this.#clean(reason),
    }
    if (this.begun) this.#append(line)
    else this.#early.push(line)
  }

  /** What it tells up to now; undefined before it has begun. */
  results(): RunResults | undefined {
    return resultsOf(this.#lines)
  }

  /** Also where it has not begun: then all of `plan` is skipped. */
  end(ending: Omit<Ending, 'diagnostics'> & { diagnostics: readonly Diagnostic[] }, plan: Plan): void {
    if (!this.begun) this.begin()
    if (this.#run === 0) this.startRun(plan)
    this.#ended = true
    this.#append({ event: 'finished', ...ending, diagnostics: ending.diagnostics.map(this.#clean) })
    const results = resultsOf(this.#lines)
    this.#attempt(() => {
      replaceFile(join(this.directory, resultsFile), `${JSON.stringify(results, null, 2)}\n`)
      if (this.#file !== undefined) closeSync(this.#file)
      this.#file = undefined
    })
  }

  #entry(result: StepResult): StepEntry {
    const { step, status, rows, written, seconds, diagnostics, reports, tested } = result
    const message = tested?.message ?? (nothingNew(result) || undefined)
    return {
      run: this.#run,
      ...planned(step),
      status,
      rows: rows ?? null,
      written: Object.fromEntries(written),
      seconds: round(seconds),
      diagnostics: diagnostics.map(this.#clean),
      reports: reports.map(reportEntry),
      failures: tested?.failures ?? null,
      message: message === undefined ? null : this.options.clean(message),
    }
  }

  /** What hangs when an interrupted invocation ends may still end itself, too late to be told. */
  #append(line: JournalLine): void {
    if (this.#file === undefined && this.#ended) return
    this.#lines.push(line)
    this.#attempt(() => {
      if (this.#file !== undefined) writeSync(this.#file, `${JSON.stringify(line)}\n`)
    })
  }

  /** What servers and files say may hold a secret; codes and names of nodes do not. */
  #clean = ({ difference, ...diagnostic }: Diagnostic): DiagnosticEntry => {
    const { clean } = this.options
    const { code, severity, message, at, related, hint, cause } = diagnostic
    return {
      code,
      severity,
      message: clean(message),
      ...(at && { at }),
      ...(related && { related: related.map(other => ({ at: other.at, message: clean(other.message) })) }),
      ...(hint !== undefined && { hint: clean(hint) }),
      ...(cause !== undefined && { cause: clean(cause) }),
      ...(difference && { difference: withWritableRows(difference) }),
    }
  }

  #attempt(work: () => void): void {
    if (this.#broken) return
    try {
      work()
    } catch (cause) {
      this.#broken = true
      this.options.warn(
        warning(
          'results-not-written',
          `the results of this invocation cannot be written to ${this.directory}`,
          {
            cause: (cause as Error).message,
            hint: 'It goes on; seshat retry will not know of it.',
          },
        ),
      )
    }
  }
}

const round = (seconds: number): number => Math.round(seconds * 1000) / 1000

type Written = NonNullable<DiagnosticEntry['difference']>
/** The schema's arrays are not read-only. */
const withWritableRows = (difference: Difference): Written => structuredClone(difference) as Written

const planned = (step: Step) => ({
  id: step.id,
  kind: step.kind,
  module: step.module,
  statement_hash: batchesHash(step.batches),
})

const reportEntry = ({ module, progress, leftOut }: Report): StepEntry['reports'][number] => ({
  module,
  progress: progress.map(({ readUpTo, newest, caughtUp }) => ({
    read_up_to: readUpTo ?? null,
    newest: newest ?? null,
    caught_up: caughtUp,
  })),
  left_out: leftOut.map(({ reason, sessions }) => ({ reason, sessions })),
})

/** Whoever reads the file finds the old text or the new one, whole. */
function replaceFile(path: string, text: string): void {
  const aside = `${path}.${randomUUID()}`
  makeFolder(dirname(path))
  writeFileSync(aside, text)
  const file = openSync(aside, 'r')
  fsyncSync(file)
  closeSync(file)
  renameSync(aside, path)
}

/**
 * What the last invocation has left: its results, or its journal where it was killed.
 * @throws Faults `no-results`, `bad-results`
 */
export function readLastResults(directory: string): RunResults {
  const found = [fromResults(directory), fromJournal(directory)].filter(results => results !== undefined)
  // Of one invocation both tell the same, but a machine that went down may have kept either one of them.
  const [last] = found.sort((a, b) => (a.started_at < b.started_at ? 1 : -1))
  return (
    last ??
    fail('no-results', `there is nothing to retry: no ${resultsFile} in ${directory}`, {
      hint: 'seshat run, build, seed and test leave one. Give the --target-path that they had.',
    })
  )
}

const readText = (path: string): string | undefined =>
  statSync(path, { throwIfNoEntry: false })?.isFile() ? readFileSync(path, 'utf8') : undefined

function fromResults(directory: string): RunResults | undefined {
  const text = readText(join(directory, resultsFile))
  if (text === undefined) return undefined
  const parsed = runResultsSchema.safeParse(parseJson(text))
  return parsed.success ? parsed.data : badResults(resultsFile, text)
}

function fromJournal(directory: string): RunResults | undefined {
  const text = readText(join(directory, journalFile))
  if (text === undefined) return undefined
  const lines = parseJournal(text)
  return typeof lines === 'number' ? badResults(`line ${lines} of ${journalFile}`, text) : resultsOf(lines)
}

function badResults(what: string, text: string): never {
  const version = /"version": ?(\d+)/.exec(text)?.[1]
  const other = version !== undefined && Number(version) !== resultsVersion
  return fail('bad-results', `${what} is not what this version of Seshat writes`, {
    hint: other
      ? `Its format is ${version}, ours ${resultsVersion}: run the command itself again.`
      : 'Run the command itself again.',
  })
}
