// The format of target/manifest.json: a compiled project as plain data, by which two versions of it can be compared, on
// another machine and by another version of the package too. No clock, no path of this machine.

import * as z from 'zod'

export const manifestVersion = 4

const text = z.string()
const orNull = <T extends z.ZodType>(schema: T) => schema.nullable()
const hash = text.regex(/^[0-9a-f]{16}$/).describe('64 bits of SHA-256.')
/** Of a file below a folder: nothing in it leads out again. */
const relativePath = text.regex(/^(?!.*(^|\/)\.\.?(\/|$))[^/\\].*$/s)
const variableSchema = z.union([z.string(), z.number(), z.boolean(), z.array(z.string()), z.null()])

const placeSchema = z.object({
  file: text,
  line: z.number().int(),
  column: z.number().int(),
  length: z.number().int(),
})
const referenceSchema = z.object({
  name: text,
  at: placeSchema.describe('Where the template names it first.'),
})

const columnSchema = z.object({
  name: text,
  type: orNull(text),
  hash: orNull(hash).describe('Of what it is computed from.'),
})

const statementSchema = z.object({
  purpose: text.describe('What it is for, as its compiled file says it.'),
  sql: text.describe('Without the closing semicolon.'),
  transaction: z
    .literal(true)
    .optional()
    .describe('Those beside it that say so too are one transaction with it.'),
  when: text.optional().describe('It runs only then: `base finds something new`.'),
  only_if: z
    .array(text)
    .optional()
    .describe(
      'It runs only if all of these are so: `missing: derived.orders`, or a query that gives one boolean.',
    ),
  check: text.optional().describe('The code of what it means that it returns a row.'),
  makes_statements: z
    .literal(true)
    .optional()
    .describe('Each row that it returns is a statement, which runs too.'),
})

const nodeSchema = z.object({
  name: text,
  kind: z
    .enum(['seed', 'model', 'setup', 'commit', 'complete', 'test', 'unit_test', 'run'])
    .describe('run: what a run does before its first node and after its last.'),
  module: orNull(text),
  file: orNull(text),
  hash: orNull(hash).describe("Of the file's text."),
  config_at: orNull(placeSchema).describe('Where the model configures itself.'),
  yaml: z.array(text).describe('YAML files that may say something of it.'),
  materialized: orNull(text),
  relation: orNull(text),
  description: orNull(text),
  config: z.record(text, z.unknown()).describe('As merged from all places where it can be set.'),
  columns: orNull(z.array(columnSchema)).describe(
    'Declared, or read off the select; null where neither says for certain.',
  ),
  depends_on: z.array(text).describe('The nodes that run before it.'),
  refs: z.array(referenceSchema),
  sources: z.array(referenceSchema),
  variables: z
    .record(text, variableSchema)
    .describe('Every variable that its template or the compiler has read for it.'),
  macros: z.array(text),
  inlines: z.array(text).describe('Other models whose selects stand in its statements.'),
  select: orNull(z.object({ tokens: hash, rest: orNull(hash) })).describe(
    'Its select, with references not resolved: digests of its tokens, with and without its list of columns.',
  ),
  compiled_file: orNull(relativePath).describe('Below target/compiled/<target>.'),
  statements: z.array(statementSchema).describe('In the order in which they run.'),
})

const targetSchema = z.object({
  adapter: text,
  package_version: text,
  whole: z
    .boolean()
    .describe(
      'Whether it is the plan of an ordinary run of everything; a part says nothing of what it lacks.',
    ),
  backslash_escapes: z
    .boolean()
    .describe('Whether a backslash in a text of its SQL escapes what comes next.'),
  macros: z.record(text, z.object({ file: text, hash })),
  naming: z
    .record(text, z.record(text, variableSchema))
    .describe('By module: the variables that decide which tables there are and what they are called.'),
  tables: z
    .array(text)
    .describe(
      'What all tables are called without the entropy that their names end with; empty where there is none.',
    ),
  yaml: z.record(text, hash).describe('Of what the YAML files say; of seshat.yml without its variables.'),
  unused: z.record(text, hash).describe('Files of models and seeds that are there and make no node.'),
  nodes: z.array(nodeSchema).describe('In the order of the plan.'),
})

const sourceColumnSchema = z.object({ table: text, column: text })
const columnLineageSchema = z.object({
  column: text,
  from: z
    .union([z.array(sourceColumnSchema), z.literal('unknown')])
    .describe('Every column that its value depends on.'),
  copyOf: sourceColumnSchema.optional().describe('The one column that it is a copy of.'),
  type: text.optional().describe('As Postgres calls it.'),
})

export const manifestSchema = z.object({
  version: z.literal(manifestVersion).describe('Of this format.'),
  project: text,
  lineage: z
    .union([
      z.record(text, z.union([z.array(columnLineageSchema), z.literal('unknown')])),
      z.literal('unknown'),
    ])
    .describe(
      'Of the columns of each model, as Postgres resolves them: `seshat check` finds it, compile does not look.',
    ),
  targets: z
    .record(relativePath, targetSchema)
    .describe('By the name of a target, or of an adapter where no target was compiled for.'),
})

type DeepReadonly<T> = T extends readonly (infer Item)[]
  ? readonly DeepReadonly<Item>[]
  : T extends object
    ? { readonly [Key in keyof T]: DeepReadonly<T[Key]> }
    : T
export type ProjectState = DeepReadonly<z.infer<typeof manifestSchema>>
export type TargetState = DeepReadonly<z.infer<typeof targetSchema>>
export type NodeState = DeepReadonly<z.infer<typeof nodeSchema>>
export type ColumnState = DeepReadonly<z.infer<typeof columnSchema>>
export type StatementState = DeepReadonly<z.infer<typeof statementSchema>>
