// What may be said of a model: in its `config(...)`, in a YAML file beside it, or per folder in seshat.yml.

import * as z from 'zod'
import { type Diagnostic, error, Faults, fail } from './diagnostics.js'
import { isJson } from './is_json.js'
import { nearest } from './nearest.js'
import { identifierFault } from './relation.js'
import { describeIssue, interpreted, nameOf, writtenPath } from './yaml_file.js'

const name = z.string({ error: 'must be a name' }).min(1, { error: 'must not be empty' })
/** A name that reaches SQL as it stands: a column, a schema. */
export const identifier = z
  .string({ error: 'must be a name' })
  .refine(text => !identifierFault(text), { error: ({ input }) => identifierFault(String(input)) })
  .meta({ pattern: '^[A-Za-z_][A-Za-z0-9_$]*$' })
/** In a published schema: the list, or one of its items alone. */
const oneOrMoreMark = { oneOrMore: true }
const oneOrMore = <T extends z.ZodType<string>>(one: T) =>
  z.preprocess(
    value => (typeof value === 'string' ? [value] : value),
    z.array(one, { error: 'must be a name or a list of names' }).meta(oneOrMoreMark),
  )
export const names = oneOrMore(name)
const columnsOrNone = oneOrMore(identifier)
const columns = oneOrMore(identifier).refine(list => list.length > 0, { error: 'must not be empty' })
// No flags: a JSON schema has none, and these patterns are published in one.
const role = z
  .string()
  .regex(/^(([Gg][Rr][Oo][Uu][Pp]|[Rr][Oo][Ll][Ee]|[Uu][Ss][Ee][Rr]) )?("[^"]+"|[A-Za-z_][A-Za-z0-9_$]*)$/, {
    error: 'must be the name of a role',
  })
const privilege = z
  .string()
  .regex(/^[A-Za-z]+( [A-Za-z]+)*$/, { error: 'must be a privilege such as select' })

const userMaterializations = ['table', 'view', 'incremental', 'ephemeral'] as const
const materializations = [...userMaterializations, 'scratch', 'staged', 'manifest'] as const
export type Materialization = (typeof materializations)[number]

export const flag = z.boolean({ error: 'must be true or false' })
export const choice = <const T extends readonly [string, ...string[]]>(values: T) =>
  z.enum(values, { error: `must be one of ${values.join(', ')}` })

/** Each key with its meaning; the guide's reference page is made from the descriptions. */
export const modelConfigSchema = z.strictObject({
  materialized: choice(materializations).optional().describe('How the select becomes a relation.'),
  unique_key: columns
    .optional()
    .describe('Column or columns that identify a row of an incremental or staged table.'),
  time_key: identifier.optional().describe("The column that says when a row's subject began."),
  statistics: columns
    .optional()
    .describe(
      'Columns that Postgres gathers statistics of, beside those of the keys; without keys it does of all.',
    ),
  indexes: columns
    .optional()
    .describe(
      'Further columns that rows are looked up by; each has an index, where the warehouse has indexes.',
    ),
  replace_by: identifier
    .optional()
    .describe('Column whose rows are replaced together; by default the first of unique_key.'),
  replaces: name
    .optional()
    .describe("Model whose replace_by values are replaced; by default the model's own rows."),
  replaced_columns: columns
    .optional()
    .describe('Further columns to keep in <model>_replaced, for models that need them.'),
  history: name
    .optional()
    .describe('The production table that holds all rows of which this table holds some.'),
  appends: flag
    .optional()
    .describe(
      'true: the select of this manifest gives none of the rows that it has, so that none need be replaced.',
    ),
  in_short: name
    .optional()
    .describe(
      'Model with the same rows as this staged table and some of its columns, for whoever reads no others in the run that makes them.',
    ),
  extra_columns: columnsOrNone
    .optional()
    .describe('Columns that a staged table has beside the declared ones, with the types of the select.'),
  on_schema_change: choice(['fail', 'append_new_columns'])
    .optional()
    .describe('What to do when the columns differ.'),
  module: name
    .optional()
    .describe('The module whose life cycle the model joins; by default the latest it reads.'),
  schema: identifier.optional().describe('Schema of the table; by default output_schema.'),
  enabled: flag.optional().describe('false takes the model out of the project.'),
  tags: names.optional().describe('Words to select by.'),
  grants: z
    .record(privilege, oneOrMore(role), {
      error: ({ code }) =>
        code === 'invalid_type' ? 'must map privileges to roles, {select: reporter}' : undefined,
    })
    .optional()
    .describe('Privileges to grant, each with its roles.'),
  pre_hook: names.optional().describe('Statements to run before the model.'),
  post_hook: names.optional().describe('Statements to run after the model.'),
  meta: z.record(z.string(), z.unknown()).optional().describe('Anything; kept in the manifest.'),
})
export type ModelConfig = z.infer<typeof modelConfigSchema>

export const hasHooks = ({ pre_hook: before, post_hook: after }: ModelConfig): boolean =>
  [before, after].some(hooks => hooks?.length)

/** What a project may say of a table of the standard model: nothing that would change its meaning. */
export const standardModelConfigSchema = modelConfigSchema.pick({
  tags: true,
  grants: true,
  pre_hook: true,
  post_hook: true,
  meta: true,
})

export const columnType = z.string().regex(/^[A-Za-z][A-Za-z0-9_ ]*(\(\d+(, ?\d+)?\))?$/, {
  error: 'must be a column type such as varchar(255)',
})

export const columnSchema = z.strictObject({
  name: identifier.describe('As it stands in the table.'),
  type: columnType.optional().describe('Type, such as varchar(255) or timestamp.'),
  not_null: flag.optional().describe('true: a row without it is refused; for tables of modules.'),
  description: z.string().optional().describe('What it holds, for people.'),
})
export type Column = z.infer<typeof columnSchema>
/** A column whose type is declared, so that its table can be created before any row exists. */
export type TypedColumn = Column & { readonly type: string }

/** By the arguments: models of a folder mostly say the same. */
const parsedConfigs = new Map<string, ModelConfig>()

/** The arguments of `config(...)` in a model. @throws Faults `bad-config`, all faults at once */
export function parseConfig(args: readonly unknown[]): ModelConfig {
  const key = isJson(args) ? JSON.stringify(args) : undefined
  const known = key === undefined ? undefined : parsedConfigs.get(key)
  const config = known ?? parseSettings(args, modelConfigSchema)
  if (key !== undefined) parsedConfigs.set(key, config)
  return config
}

/** The arguments of `config(...)` as a template gives them. @throws Faults `bad-config`, all faults at once */
export function parseSettings<S extends z.ZodObject>(args: readonly unknown[], schema: S): z.infer<S> {
  const [first, ...more] = args
  if (typeof first !== 'object' || first === null || more.length > 0)
    fail('bad-config', "config takes settings by name: config(materialized='table')")
  const { __keywords: _, ...given } = first as Record<string, unknown>
  const faults: Diagnostic[] = Object.keys(given)
    .filter(key => given[key] === undefined)
    .map(key =>
      error('bad-config', `config: '${key}' is given an undefined value`, { hint: 'Put a text in quotes.' }),
    )
  const parsed = schema.safeParse(given, interpreted)
  if (parsed.success && faults.length === 0) return parsed.data
  const keys = Object.keys(schema.shape)
  for (const issue of parsed.error?.issues ?? []) {
    if (issue.code !== 'unrecognized_keys')
      faults.push(
        error('bad-config', `config: '${nameOf(writtenPath(given, issue.path))}' ${describeIssue(issue)}`),
      )
    else
      for (const key of issue.keys)
        faults.push(error('bad-config', `config has no key '${key}'`, nearest(key, keys)))
  }
  throw new Faults(faults)
}
