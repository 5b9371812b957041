// module.yml: what makes a folder of models a module with a life cycle. The standard model's modules come with the
// package; a project's own stand beside its models. Nothing else in the compiler knows a module by name.

import * as z from 'zod'
import { testLists } from './data_tests/test_kinds.js'
import { columnSchema, modelConfigSchema } from './model_config.js'
import { type VariableDeclaration, variableDeclarationSchema } from './variable_declaration.js'
import type { YamlFile } from './yaml_file.js'

const name = z.string().min(1)

/** A public table: its columns are a contract, so they and its keys are declared here rather than in the SQL. */
const tableSchema = modelConfigSchema.extend({
  description: z.string().describe('What a row of it is.'),
  columns: z
    .array(columnSchema.required({ type: true }).extend(testLists))
    .min(1)
    .describe('Its columns with types, in order.'),
  ...testLists,
})

export const moduleSchema = z.strictObject({
  description: z.string().describe('What the module does.'),
  vars: z
    .array(
      z.union([name, z.record(name, variableDeclarationSchema)], {
        error: 'must be a name or a declaration',
      }),
    )
    .default([])
    .describe('Variables the module takes: names of the standard ones, or declarations of its own.'),
  tables: z.record(name, tableSchema).default({}).describe('The public tables.'),
  metadata: z
    .strictObject({
      rows: name.describe('The model whose rows are counted.'),
      distinct_key: name.describe('The column whose distinct values are counted.'),
      time_key: name.describe('The column whose least and greatest value are noted.'),
      duplicates: name
        .optional()
        .describe('A model with a row per key that came more than once: copies, kept.'),
    })
    .optional()
    .describe(
      'Where the metadata row of a run is counted; duplicates is a model with a row per key that came more than once, and its columns copies and kept.',
    ),
  work: z
    .union([
      z.literal('inputs'),
      z.strictObject({
        rows: name.describe('A model with a row where a run has something to do, of whatever columns.'),
        progress: name.optional().describe('As in reports, where a run has nothing to do.'),
        left_out: name.optional().describe('As in reports, where a run has nothing to do.'),
      }),
    ])
    .optional()
    .describe(
      'How a run sees that there is nothing to do: inputs, where all rows of the module come of the staged tables that it reads and those are empty; or rows, a model without a row then. The steps behind are left out then. Without it every run takes them all.',
    ),
  reports: z
    .strictObject({
      progress: name.optional().describe('One row: read_up_to, newest, caught_up.'),
      left_out: name.optional().describe('Rows of reason and sessions.'),
      rows: name.optional().describe('What the rows that metadata counts are, in words: sessions written.'),
      per_day: name
        .optional()
        .describe('The public table whose rows are counted by the day of their time_key.'),
    })
    .default({})
    .describe(
      'What is told at the end of a run. progress: one row, how far a module that reads its input bit by bit has come (read_up_to, newest, caught_up). left_out: what did not count (reason, sessions). rows: what metadata counts, in words. per_day: a table whose last days are drawn.',
    ),
})
export type ModuleDefinition = z.infer<typeof moduleSchema>

export interface Module {
  readonly name: string
  /** Folder of its files as `SourceFile.path` has it, with a closing slash. */
  readonly folder: string
  /** Part of the standard model; a project may configure its tables, not change them. */
  readonly standard: boolean
  readonly enabled: boolean
  readonly definition: ModuleDefinition
  readonly variables: ReadonlyMap<string, VariableDeclaration>
  readonly yaml: YamlFile
}

export const modelDefinitionSchema = z.strictObject({
  name,
  version: z.string(),
  modules: z.array(name),
  vars: z.record(name, variableDeclarationSchema),
  sources: z
    .record(name, z.record(name, z.array(columnSchema.required({ type: true }))))
    .describe('The tables that it reads; a seed of the name of one fills it.'),
})
/** models/model.yml: name, version, modules, variables and sources of the standard model. */
export type ModelDefinition = z.infer<typeof modelDefinitionSchema>
