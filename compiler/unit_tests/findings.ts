// What a unit test has found -> diagnostics: other rows, a select that ends with an error, an input without types.

import type { StatementFault } from '../../adapters/statement_fault.js'
import { type Diagnostic, error } from '../diagnostics.js'
import type { Input } from './inputs.js'
import type { PreparedTest } from './prepare.js'
import type { UnitTest } from './unit_test.js'

export const untyped = ({ written, source }: Input, model: string, { yaml, path }: UnitTest): Diagnostic =>
  error('untyped-input', `nobody says what columns ${written} has, which '${model}' reads`, {
    at: yaml.valueAt([...path, 'name']),
    hint:
      source === undefined
        ? 'It reads a source without declared columns, or has a fault: see seshat check.'
        : 'Declare its columns under sources, or give rows of it.',
  })

/** @param difference of the rows */
export function failed(
  { model, unitTest }: PreparedTest,
  difference: NonNullable<Diagnostic['difference']>,
): Diagnostic {
  const { yaml, path, definition, id } = unitTest
  const count = (what: string, number: number): readonly string[] => (number > 0 ? [`${number} ${what}`] : [])
  const { rows } = difference
  const words = [
    ...count('different', rows.filter(({ expected, got }) => expected && got).length),
    ...count('missing', rows.filter(({ got }) => !got).length),
    ...count('extra', rows.filter(({ expected }) => !expected).length),
  ].join(', ')
  return error('unit-test-failed', `${model} gives other rows than '${id}' expects: ${words}`, {
    at: yaml.keyAt([...path, 'expect']),
    ...(definition.description === undefined ? {} : { hint: definition.description.trim() }),
    difference,
  })
}

/** The select of the model ended with an error. */
export const broken = ({ model, unitTest, at }: PreparedTest, fault: StatementFault): Diagnostic => {
  const { yaml, path, id } = unitTest
  const [said] = fault.diagnostics
  return error('unit-test-broken', `the select of ${model} ends with an error on the rows of '${id}'`, {
    at,
    related: [{ at: yaml.valueAt([...path, 'name']), message: 'the unit test' }],
    cause: said?.cause ?? said?.message ?? 'The server did not say why.',
    hint: 'Unit tests run on Postgres, whatever the warehouse. seshat check finds what is wrong whatever the rows.',
  })
}
