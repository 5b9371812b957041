// What the tests of the drivers share: the schema they work in, and ways to expect a fault.

import assert from 'node:assert/strict'
import type { Driver, Value } from '../adapters/driver.js'
import { StatementFault } from '../adapters/statement_fault.js'
import { Faults } from '../compiler/diagnostics.js'

/** Made and dropped by the contract; every test process has its own. */
export const schema = `seshat_driver_${process.pid}`

/** The password of every driver that has one: no fault may show it. */
export const plantedSecret = 'planted-s3cret'

/** The driver that a part of the contract works with. */
export interface Tested {
  driver(): Driver
  /** The first row of a query. */
  valuesOf(sql: string, parameters?: (string | null)[]): Promise<readonly Value[]>
}

/** The Faults that the work must end with, without the secret. */
export async function faultsOf(work: Promise<unknown>): Promise<Faults> {
  const outcome = await work.then(
    () => 'no error',
    (thrown: unknown) => thrown,
  )
  assert.ok(outcome instanceof Faults, String(outcome))
  const shown = `${JSON.stringify(outcome.diagnostics)} ${outcome.message} ${outcome.stack}`
  assert.equal(shown.includes(plantedSecret), false, shown)
  return outcome
}

/** The StatementFault that the work must end with. */
export async function statementFaultOf(work: Promise<unknown>): Promise<StatementFault> {
  const fault = await faultsOf(work)
  assert.ok(fault instanceof StatementFault, String(fault))
  return fault
}

/** The code of a fault, or whatever else was thrown as text. */
export const codeOf = (fault: unknown): string | undefined =>
  fault instanceof Faults ? fault.diagnostics[0]?.code : String(fault)
