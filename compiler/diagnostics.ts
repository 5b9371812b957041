// A fault as data: what happened, where, and what to do next. Every stage returns or throws these and
// nothing else; compiler/render_diagnostic.ts turns them into text.

import type { DiagnosticCode } from './diagnostic_codes.js'
import type { Difference } from './unit_tests/difference.js'

/** A place in a text file. `line` and `column` are 1-based; `length` counts characters on that line. */
export interface Place {
  readonly file: string
  readonly line: number
  readonly column: number
  readonly length: number
}

export interface Diagnostic {
  /** Kebab-case and permanent: people search for it and scripts match on it. */
  readonly code: DiagnosticCode
  readonly severity: 'error' | 'warning'
  readonly message: string
  readonly at?: Place
  /** Other places that take part, each with a few words: the second file of a pair, the refs of a cycle. */
  readonly related?: readonly { readonly at: Place; readonly message: string }[]
  /** What to do next. */
  readonly hint?: string
  /** The message of the library or server that complained, without secrets. */
  readonly cause?: string
  /** Of a connection: the reason may be gone in a moment, so that it is worth another try. */
  readonly mayPass?: boolean
  /** Of a unit test: the rows that are not as expected. */
  readonly difference?: Difference
}

/** Thrown to end a stage; carries every fault that the stage found. `exitCode` as in the guide: 1, 2 or 3. */
export class Faults extends Error {
  constructor(
    readonly diagnostics: readonly Diagnostic[],
    readonly exitCode: 1 | 2 | 3 = 2,
  ) {
    super(diagnostics.map(d => `${d.code}: ${d.message}`).join('\n'))
    this.name = 'Faults'
  }
}

type Details = Omit<Diagnostic, 'code' | 'message' | 'severity'>

export const error = (code: DiagnosticCode, message: string, details: Details = {}): Diagnostic => ({
  code,
  severity: 'error',
  message,
  ...details,
})

export const warning = (code: DiagnosticCode, message: string, details: Details = {}): Diagnostic => ({
  code,
  severity: 'warning',
  message,
  ...details,
})

/** Ends the stage with one fault. */
export function fail(code: DiagnosticCode, message: string, details: Details = {}): never {
  throw new Faults([error(code, message, details)])
}

/** Of names and values in messages. */
export function shorten(text: string): string {
  const line = text.replaceAll('\n', '\\n')
  return line.length > 60 ? `${line.slice(0, 57)}...` : line
}
