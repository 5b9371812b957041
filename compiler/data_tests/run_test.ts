// The answers of a data test's statements -> what it has found: how many rows fail, some of them, and what to make of it.

import type { QueryResult } from '../../adapters/driver.js'
import { type Diagnostic, error, warning } from '../diagnostics.js'
import { onlyColumns } from '../query_rows.js'
import type { Batch } from '../statement.js'
import { type DataTest, failsRun } from './test_config.js'

/** Columns beside those of a failing row: how many rows fail, and how many of these another system has written. */
export const failingColumn = 'failing_rows'
export const inheritedTotal = 'failing_rows_inherited'

export interface TestOutcome {
  /** Undefined where it could not be run, because what it reads is not there. */
  readonly failures: number | undefined
  /** In words; undefined where nothing fails. */
  readonly message: string | undefined
  /** Some of the failing rows. */
  readonly rows: QueryResult
  readonly diagnostic: Diagnostic | undefined
}

/** A data test as a step of a plan. */
export interface StepTest extends DataTest {
  /** The table that keeps its failing rows. */
  readonly keptIn: string | undefined
  /** Why it cannot be run, for each condition of its statements. */
  readonly unless: readonly string[]
}

const noRows: QueryResult = { columns: [], numbers: [], rows: [], rowCount: 0 }

/**
 * @param test its name, what it is, and the file that its statements stand in
 * @throws Faults of `execute`
 */
export async function runTest(
  batches: readonly Batch[],
  test: StepTest & { readonly name: string; readonly file: string },
  execute: (sql: string) => Promise<QueryResult>,
): Promise<TestOutcome> {
  let found = noRows
  for (const { sql, onlyIf = [], failures } of batches.flatMap(({ statements }) => statements)) {
    for (const [index, query] of onlyIf.entries()) {
      const answer = await execute(query)
      if (answer.rows[0]?.[0] !== true) return notRun(test.unless[index])
    }
    const result = await execute(sql)
    if (failures) found = result
  }
  return outcomeOf(test, found)
}

const notRun = (message: string | undefined): TestOutcome => ({
  failures: undefined,
  message,
  rows: noRows,
  diagnostic: undefined,
})

function outcomeOf(test: Parameters<typeof runTest>[1], found: QueryResult): TestOutcome {
  const [first] = found.rows
  if (!first) return { failures: 0, message: undefined, rows: noRows, diagnostic: undefined }
  const total = (column: string): number => Number(first[found.columns.indexOf(column)] ?? 0)
  const failures = total(failingColumn)
  const inherited = test.config.inherited === undefined ? 0 : total(inheritedTotal)
  const message = messageOf(test, failures, inherited)
  const hidden = [failingColumn, inheritedTotal, test.config.inherited]
  const isError = failsRun(test) && failures > inherited
  const all = test.keptIn ? `They are in ${test.keptIn}` : `See them all with the query in ${test.file}`
  const hint =
    failures === inherited ? `${all}. A full refresh of the module computes them again.` : `${all}.`
  const say = isError ? error : warning
  return {
    failures,
    message,
    rows: without(found, hidden),
    diagnostic: say('test-failed', `${test.name}: ${message}`, { hint }),
  }
}

function messageOf({ words }: DataTest, failures: number, inherited: number): string {
  const counted = (count: number): string => `${count} ${count === 1 ? words.one : words.many}`
  if (inherited === 0) return counted(failures)
  if (inherited === failures) return `${counted(failures)}, all written before Seshat`
  return `${counted(failures - inherited)} (and ${inherited} written before Seshat)`
}

const without = (result: QueryResult, hidden: readonly (string | undefined)[]): QueryResult =>
  onlyColumns(
    result,
    result.columns.flatMap((name, index) => (hidden.includes(name) ? [] : [index])),
  )
