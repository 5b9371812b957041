// What came of a step. It stands apart from what runs steps: whoever only tells of results need not load that.

import type { TestOutcome } from './data_tests/run_test.js'
import type { Diagnostic } from './diagnostics.js'
import type { Step } from './plan.js'
import type { Report } from './reports.js'

export interface StepResult {
  readonly step: Step
  readonly status: 'success' | 'error' | 'skipped'
  /** Rows that its counted statements changed; undefined where none counts. */
  readonly rows: number | undefined
  /** Rows written to lasting tables, by their names. */
  readonly written: ReadonlyMap<string, number>
  readonly seconds: number
  readonly diagnostics: readonly Diagnostic[]
  readonly reports: readonly Report[]
  /** Whether it left something out, since its module has nothing new. */
  readonly foundNothing: boolean
  /** What a data test has found, or why it had nothing to look at; undefined for all else. */
  readonly tested: TestOutcome | undefined
}

/** Whether what comes after it may go on: a test whose tables are not there holds up nothing. */
export const isDone = ({ status, tested }: Pick<StepResult, 'status' | 'tested'>): boolean =>
  status === 'success' || (status === 'skipped' && tested !== undefined)
