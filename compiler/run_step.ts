// A step -> its result: runs its statements, its seed, its data test or its unit test on a connection that it borrows, and gives
// every fault its place.

import type { Driver } from '../adapters/driver.js'
import { isWriteConflict, StatementFault, statementCancelled } from '../adapters/statement_fault.js'
import { BatchRunner, Tally } from './batch_runner.js'
import { runTest, type StepTest, type TestOutcome } from './data_tests/run_test.js'
import { type Diagnostic, Faults } from './diagnostics.js'
import type { ExecuteOptions } from './execute.js'
import { compiledPath, type Step } from './plan.js'
import { repeated } from './repeat.js'
import { placeAt } from './source_file.js'
import { renderBatches } from './statement.js'
import type { StepResult } from './step_result.js'

/** A fault of the step is its result, not thrown. */
export async function runStep(step: Step, options: ExecuteOptions): Promise<StepResult> {
  const { connections, events, clock } = options
  events.started(step)
  const start = clock()
  const tally = new Tally()
  const result = (status: StepResult['status'], tested?: TestOutcome): StepResult => ({
    step,
    status,
    ...tally,
    seconds: clock() - start,
    tested,
  })
  try {
    if (step.unitTest) {
      const found = (await options.unitTest?.(step.unitTest)) ?? []
      if (found.length > 0) throw new Faults(found, 1)
      return result('success')
    }
    const { test } = step
    if (test) {
      const tested = await connections.lend(driver => testStep(step, test, driver, options))
      if (tested.diagnostic) tally.diagnostics.push(tested.diagnostic)
      return result(statusOf(tested), tested)
    }
    await connections.lend(async driver => {
      const runner = new BatchRunner(driver, options, step.id, step.module, tally)
      for (const batch of step.batches) await runner.run(batch)
      if (step.seed) await runner.load(step.seed)
    })
    return result('success')
  } catch (cause) {
    if (!(cause instanceof Faults)) throw cause
    tally.diagnostics.push(
      ...cause.diagnostics.map(found => locate(found, cause, step, options.compiledFolder)),
    )
    return result('error')
  }
}

const testStep = (
  step: Step,
  test: StepTest,
  driver: Driver,
  { compiledFolder, signal, retries }: ExecuteOptions,
): Promise<TestOutcome> =>
  runTest(step.batches, { ...test, name: step.id, file: `${compiledFolder}/${compiledPath(step)}` }, sql =>
    repeated(step.id, retries, isWriteConflict, async () => {
      if (signal.aborted) throw statementCancelled(sql)
      return driver.execute(sql)
    }),
  )

function statusOf({ failures, diagnostic }: TestOutcome): StepResult['status'] {
  if (failures === undefined) return 'skipped'
  return diagnostic?.severity === 'error' ? 'error' : 'success'
}

/**
 * A fault of a statement points into the compiled file, at the character that the server names, and says which file
 * that was made from; one of loading a seed points at the seed.
 */
function locate(diagnostic: Diagnostic, fault: Faults, step: Step, folder: string): Diagnostic {
  if (diagnostic.at || !(fault instanceof StatementFault)) return diagnostic
  const text = renderBatches(step.batches)
  const start = text.indexOf(`\n${fault.sql};`) + 1
  if (start > 0) {
    const at = placeAt(`${folder}/${compiledPath(step)}`, text, start + (fault.position ?? 0), 1)
    return {
      ...(step.file ? { hint: `Compiled from ${step.file}: correct it there.` } : {}),
      ...diagnostic,
      at,
    }
  }
  if (!step.seed || !step.file) return diagnostic
  return {
    hint: `Correct the file, or the types of its columns in seshat.yml: seeds: {${step.id}: {column_types: ...}}.`,
    ...diagnostic,
    at: placeAt(step.file, '', 0, 1),
  }
}
