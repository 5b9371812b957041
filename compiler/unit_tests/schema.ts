// What may stand under `unit_tests` in a YAML file: a model, the rows that its inputs have, the rows that it must give.

import * as z from 'zod'
import { names } from '../model_config.js'

const name = z.string().min(1)

const rowsShape = {
  rows: z
    .union([z.array(z.record(z.string(), z.unknown())), z.string()], {
      error: 'must be a list of rows, each a map of columns to values, or the text of a CSV file or a select',
    })
    .optional()
    .describe(
      'A list of rows, each a map of columns to values; with format csv the text of a CSV file, with sql a select.',
    ),
  format: z
    .enum(['dict', 'csv', 'sql'])
    .optional()
    .describe(
      'dict: rows is a list of maps. csv: rows is a text, or stands in a fixture. sql: that text is a select. By default dict or csv, what rows is.',
    ),
  fixture: name
    .optional()
    .describe(
      'A CSV file in tests/fixtures, with format sql a SQL file, without its ending, in the place of rows.',
    ),
}
const rowsSchema = z.strictObject(rowsShape)
export type RowsDefinition = z.infer<typeof rowsSchema>

export const unitTestSchema = z.strictObject({
  name: z
    .string()
    .regex(/^[A-Za-z_][A-Za-z0-9_]*$/, { error: 'must be a name of letters, digits and _' })
    .describe('What it is called, in selections too.'),
  model: name.describe('The model whose select it runs.'),
  description: z.string().optional().describe('The rule that it shows.'),
  config: z
    .strictObject({ tags: names.optional().describe('Words to select by.') })
    .optional()
    .describe('Settings of the test itself.'),
  given: z
    .array(
      z.strictObject({
        input: name.describe(
          "What the model reads, as it reads it: ref('x'), source('a', 'b'), previous('x') or this.",
        ),
        ...rowsShape,
      }),
    )
    .default([])
    .describe(
      'Rows of what the model reads. A column that is not given is NULL; an input that is not is empty.',
    ),
  overrides: z
    .strictObject({
      vars: z
        .record(z.string(), z.unknown())
        .optional()
        .describe('Values of variables, as under vars in seshat.yml; they win over all others.'),
      macros: z
        .strictObject({
          is_incremental: z.boolean().optional().describe('What is_incremental() is; true by default.'),
        })
        .optional()
        .describe('What macros give.'),
      now: z
        .string()
        .regex(/^\d{4}-\d{2}-\d{2}( \d{2}:\d{2}:\d{2}(\.\d{1,6})?)?$/, {
          error: 'must be a time such as 2024-01-31 09:15:00',
        })
        .optional()
        .describe('The time, UTC, that the model finds in current_timestamp and its kin.'),
    })
    .default({})
    .describe('What is otherwise than in the project.'),
  expect: rowsSchema.describe(
    'The rows that the model must give, in any order; columns that are not named are not compared.',
  ),
})
export type UnitTestDefinition = z.infer<typeof unitTestSchema>

/** A file of the package that holds nothing else. */
export const unitTestFileSchema = z.strictObject({ unit_tests: z.array(unitTestSchema) })
