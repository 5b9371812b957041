// What may stand in seshat.yml and in the YAML files beside models, and what of it is about folders and seeds that
// are not there.

import * as z from 'zod'
import { testSettingsShape } from './data_tests/test_config.js'
import { testLists, testPropertiesSchema } from './data_tests/test_kinds.js'
import { type Diagnostic, error } from './diagnostics.js'
import {
  columnSchema,
  columnType,
  identifier,
  modelConfigSchema,
  standardModelConfigSchema,
} from './model_config.js'
import { nearest } from './nearest.js'
import { baseName, isStandard, type SourceFile } from './source_file.js'
import { unitTestSchema } from './unit_tests/schema.js'
import type { YamlFile } from './yaml_file.js'

const name = z.string().min(1)
const moduleSettings = z.strictObject(
  { enabled: z.boolean().describe('false: its tables count as filled by somebody else.') },
  {
    error: issue =>
      issue.code === 'invalid_type' ? 'must be {enabled: true} or {enabled: false}' : undefined,
  },
)
const selectorText = z.string({ error: 'must be words such as sessions+ tag:nightly' }).min(1)
const selectorTexts = z.union([selectorText, z.array(selectorText).min(1)], {
  error: 'must be words such as sessions+ tag:nightly, or a list of them',
})
const selectorSchema = z.union(
  [
    selectorText,
    z.array(selectorText).min(1),
    z.strictObject({
      description: z.string().optional().describe('What it is for.'),
      select: selectorTexts.describe('What to take, as after --select.'),
      exclude: selectorTexts.optional().describe('What to leave out, as after --exclude.'),
    }),
  ],
  { error: 'must be words, a list of words, or {select: ..., exclude: ..., description: ...}' },
)
/** As people write it who know it from dbt, where a key of a folder's settings begins with a plus sign. */
const folder = name.refine(text => !text.startsWith('+'), {
  error: "must be a folder, or '.' for all of them: '.': {key: value}",
})
const selectorName = z
  .string()
  .regex(/^[A-Za-z_][A-Za-z0-9_-]*$/, { error: 'must be a name of letters, digits, _ and -' })
export const projectSchema = z.strictObject({
  name: z
    .string()
    .regex(/^[A-Za-z_][A-Za-z0-9_]*$/, { error: 'must be a name of letters, digits and _' })
    .describe('Name of the project.'),
  profile: name
    .optional()
    .describe(
      'The profile of profiles.yml to connect with; without one, an embedded database in .seshat/db.',
    ),
  vars: z
    .unknown()
    .optional()
    .describe('Values of variables: for all modules, for one under its name, your own under custom.'),
  modules: z.record(name, moduleSettings).default({}).describe('Which modules are switched off.'),
  models: z
    .record(folder, modelConfigSchema)
    .default({})
    .describe("Config of the models of a folder below models, '.' for all of them."),
  data_tests: z
    .record(folder, z.strictObject(testSettingsShape))
    .default({})
    .describe(
      "How the data tests of a folder below models or tests are run, '.' for all of them; what a test says itself wins.",
    ),
  seeds: z
    .record(
      name,
      z.strictObject({
        schema: identifier.optional().describe('Schema of its table; by default output_schema.'),
        column_types: z
          .record(name, columnType)
          .optional()
          .describe('Types of its columns; those that are not named are read off the values.'),
      }),
    )
    .default({})
    .describe('Settings of the CSV files in seeds, by name.'),
  reports: z
    .strictObject({
      days: z
        .number()
        .int()
        .min(0)
        .max(31)
        .default(7)
        .describe('Of how many days the report at the end of a run draws the rows; 0: of none.'),
    })
    .prefault({})
    .describe('What is told at the end of a run.'),
  selectors: z
    .record(selectorName, selectorSchema)
    .default({})
    .describe('Named selections, for --selector <name> and --select selector:<name>.'),
})
export type ProjectSettings = z.infer<typeof projectSchema>

/** Of a source, whose columns dbt's files type with `data_type`. */
const sourceColumnSchema = columnSchema
  .extend({ data_type: columnType.optional().describe('The same as type.'), ...testLists })
  .refine(({ type, data_type: other }) => !type || !other || type === other, {
    path: ['data_type'],
    error: 'must be the same as type',
  })

export const propertiesSchema = z.strictObject({
  models: z
    .array(
      z.strictObject({
        name: name.describe('Of the model: its file without the ending.'),
        description: z.string().optional().describe('What a row of it is.'),
        config: modelConfigSchema.optional().describe('As config(...) in the file, which wins.'),
        columns: z.array(columnSchema.extend(testLists)).optional().describe('Its columns, in order.'),
        ...testLists,
      }),
    )
    .default([])
    .describe('What is to be said of models.'),
  seeds: z
    .array(
      z.strictObject({
        name: name.describe('Of the seed: its file without the ending.'),
        description: z.string().optional().describe('What a row of it is.'),
        columns: z
          .array(columnSchema.pick({ name: true, description: true }).extend(testLists))
          .optional()
          .describe('Columns of it, for people and for tests; their types stand in seshat.yml.'),
        ...testLists,
      }),
    )
    .default([])
    .describe('What is to be said of the CSV files in seeds.'),
  data_tests: z
    .array(testPropertiesSchema)
    .default([])
    .describe('What is to be said of data tests that stand elsewhere, in SQL files or in modules.'),
  sources: z
    .array(
      z.strictObject({
        name: identifier.describe('First name in source(...).'),
        description: z.string().optional().describe('Who fills it, and with what.'),
        schema: identifier.optional().describe('The schema in the database; by default the name.'),
        tables: z
          .array(
            z.strictObject({
              name: identifier.describe('Second name in source(...).'),
              identifier: identifier.optional().describe('The table in the database; by default the name.'),
              description: z.string().optional().describe('What a row of it is.'),
              columns: z
                .array(sourceColumnSchema)
                .optional()
                .describe('Its columns; where all of them have types, check knows the table.'),
              ...testLists,
            }),
          )
          .describe('Its tables.'),
      }),
    )
    .default([])
    .describe('Tables that the project reads and does not make.'),
  unit_tests: z
    .array(unitTestSchema)
    .default([])
    .describe('What models must make of given rows; they run without a warehouse.'),
})
export type Properties = z.infer<typeof propertiesSchema>
export type ModelProperties = Properties['models'][number]
export type SeedProperties = Properties['seeds'][number]
export type SourceProperties = Properties['sources'][number]

/** Settings of folders of tests that are not there: of the YAML or SQL files that the tests stand in. */
export function testFolderFaults(
  settings: ProjectSettings,
  yaml: YamlFile,
  files: readonly SourceFile[],
): readonly Diagnostic[] {
  const folders = new Set(files.flatMap(({ path }) => foldersOf(path)))
  return Object.keys(settings.data_tests).flatMap(named => {
    const folder = named.replace(/\/$/, '')
    if (folder === '.' || folders.has(folder)) return []
    return [
      error('unknown-folder', `there is no folder models/${folder} or tests/${folder}`, {
        at: yaml.keyAt(['data_tests', named]),
        hint: nearest(folder, folders).hint ?? 'Name a folder below models or tests, or . for all of them.',
      }),
    ]
  })
}

/** Settings of folders of models that are not there, or that would change what a table of the standard model means. */
export function folderFaults(
  settings: ProjectSettings,
  yaml: YamlFile,
  files: readonly SourceFile[],
): readonly Diagnostic[] {
  const folders = new Set(files.flatMap(({ path }) => foldersOf(path)))
  const standard = new Set(files.filter(isStandard).flatMap(({ path }) => foldersOf(path)))
  return Object.entries(settings.models).flatMap(([named, config]) => {
    const folder = named.replace(/\/$/, '')
    if (folder === '.') return []
    if (!folders.has(folder)) {
      const hint = 'Name a folder below models, or . for all of it.'
      const at = yaml.keyAt(['models', named])
      return [
        error('unknown-folder', `there is no folder models/${folder}`, {
          at,
          hint,
          ...nearest(folder, folders),
        }),
      ]
    }
    const allowed = Object.keys(standardModelConfigSchema.shape)
    return (standard.has(folder) ? Object.keys(config) : [])
      .filter(key => !allowed.includes(key))
      .map(key =>
        error('bad-config', `'${key}' cannot be set for tables of the standard model`, {
          at: yaml.keyAt(['models', named, key]),
          hint: `They take ${allowed.join(', ')}.`,
        }),
      )
  })
}

/** `models/a/b/c.sql` -> `a`, `a/b`. */
function foldersOf(path: string): readonly string[] {
  const parts = path.split('/').slice(1, -1)
  return parts.map((_, index) => parts.slice(0, index + 1).join('/'))
}

export function seedSettingFaults(
  settings: ProjectSettings,
  yaml: YamlFile,
  seeds: readonly SourceFile[],
): readonly Diagnostic[] {
  const names = seeds.map(baseName)
  return Object.keys(settings.seeds)
    .filter(named => !names.includes(named))
    .map(named =>
      error('unknown-seed', `there is no file ${named}.csv in seeds`, {
        at: yaml.keyAt(['seeds', named]),
        ...nearest(named, names),
      }),
    )
}
