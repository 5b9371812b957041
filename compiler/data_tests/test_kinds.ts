// The tests that YAML can name, each with its arguments: a list under `data_tests` of a model or of one of its columns.

import * as z from 'zod'
import { identifier } from '../model_config.js'
import { testSettingsShape } from './test_config.js'

const columns = z
  .array(identifier, { error: 'must be a list of columns' })
  .min(1, { error: 'must not be empty' })
  .optional()
  .describe('The columns, where the test stands at the model.')

const column = identifier.optional().describe('The column, where the test stands at the model.')

const value = z.union([z.string(), z.number(), z.boolean()], {
  error: 'must be a text, a number, true or false',
})

/** What each takes; all of it may stand under `arguments` as well. */
const kindArguments = {
  unique: { columns },
  not_null: { columns },
  accepted_values: {
    column,
    values: z
      .array(value, { error: 'must be a list of values' })
      .min(1, { error: 'must not be empty' })
      .optional()
      .describe('The values that the column may have; NULL is none that fails.'),
    quote: z
      .boolean({ error: 'must be true or false' })
      .optional()
      .describe('false: the values stand in the SQL as they are, not as texts.'),
  },
  relationships: {
    column,
    to: z
      .string({ error: "must be ref('name') or source('name', 'table')" })
      .regex(
        /^\s*(\{\{)?\s*(ref\(\s*(['"])[A-Za-z_][A-Za-z0-9_$]*\3\s*\)|source\(\s*(['"])[A-Za-z_][A-Za-z0-9_$]*\4\s*,\s*(['"])[A-Za-z_][A-Za-z0-9_$]*\5\s*\))\s*(\}\})?\s*$/,
        { error: "must be ref('name') or source('name', 'table')" },
      )
      .optional()
      .describe("The table that has to have the values: ref('users') or source('shop', 'orders')."),
    field: identifier.optional().describe('Its column.'),
  },
  expression: {
    expression: z
      .string({ error: 'must be a condition in SQL' })
      .min(1, { error: 'must not be empty' })
      .optional()
      .describe('A condition in SQL that no row may break. At a column it may begin with an operator.'),
  },
} as const

export type TestKind = keyof typeof kindArguments
export const testKinds = Object.keys(kindArguments) as readonly TestKind[]
export const isTestKind = (name: string): name is TestKind => Object.hasOwn(kindArguments, name)

const nameKey = identifier.optional().describe('The name of the test, in the place of one made of its words.')
const description = z.string({ error: 'must be a text' }).optional().describe('What it is for.')

/** Everything that may stand below the name of a test. */
export const argumentsSchema = (kind: TestKind) =>
  z.strictObject({
    ...kindArguments[kind],
    arguments: z.strictObject(kindArguments[kind]).optional().describe('The arguments, apart from the rest.'),
    name: nameKey,
    description,
    ...testSettingsShape,
    config: z.strictObject(testSettingsShape).optional().describe('How it is run, apart from the rest.'),
  })

/** Those of every kind, merged from all places where they can stand. */
export interface TestArguments {
  readonly columns?: readonly string[] | undefined
  readonly column?: string | undefined
  readonly values?: readonly (string | number | boolean)[] | undefined
  readonly quote?: boolean | undefined
  readonly to?: string | undefined
  readonly field?: string | undefined
  readonly expression?: string | undefined
}

const summaries: Readonly<Record<TestKind, string>> = {
  unique: 'No value, or combination of values, stands twice.',
  not_null: 'No row is without a value.',
  accepted_values: 'Every value is one of a list.',
  relationships: "Every value is one of another table's column.",
  expression: 'No row breaks a condition in SQL.',
}

/** One test of a list, for editors; the compiler reads it by itself (declared_tests.ts), to say exactly what is wrong. */
export const publishedTestSchema = z.union([
  z.enum(['unique', 'not_null']),
  ...testKinds.map(kind =>
    z.strictObject({
      [kind]: z
        .union([argumentsSchema(kind), kind === 'expression' ? z.string() : z.null()])
        .describe(summaries[kind]),
    }),
  ),
])

/** Stands for `publishedTestSchema` in a published schema. */
const dataTestMark = { dataTest: true }

const testList = (text: string) =>
  z.array(z.unknown().meta(dataTestMark), { error: 'must be a list of tests' }).optional().describe(text)

/** Of a model or a column. */
export const testLists = {
  data_tests: testList('Tests of its rows: unique, not_null, accepted_values, relationships, expression.'),
  tests: testList('The same as data_tests, by its older name.'),
}

/** What is to be said of tests that stand elsewhere, by their names. */
export const testPropertiesSchema = z.strictObject({
  name: identifier.describe('Of the test.'),
  description,
  config: z
    .strictObject(testSettingsShape)
    .optional()
    .describe('How it is run; wins over what it says itself.'),
})
