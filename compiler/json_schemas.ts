// The JSON schemas of what a project's YAML files may hold, for editors, made of the schemas that the compiler itself checks
// them with. `npm run schemas` writes them to schemas/.

import * as z from 'zod'
import { adapters } from '../adapters/registry.js'
import { publishedTestSchema } from './data_tests/test_kinds.js'
import { manifestSchema } from './manifest.js'
import { modelDefinitionSchema, moduleSchema } from './module.js'
import { profileSchema } from './profile.js'
import { runResultsSchema } from './run_results.js'
import { projectSchema, propertiesSchema } from './settings.js'
import { readPackageFile } from './source_file.js'
import type { VariableDeclaration } from './variable_declaration.js'
import { parseYaml, validate } from './yaml_file.js'

export type JsonSchema = { [key: string]: unknown }

/** By the name of their files. */
export function jsonSchemas(): ReadonlyMap<string, JsonSchema> {
  return new Map([
    ['seshat.schema.json', titled('seshat.yml: a project of Seshat', projectJson())],
    ['profiles.schema.json', titled('profiles.yml: connections of Seshat', toJson(profilesSchema()))],
    ['module.schema.json', titled('module.yml: a module of Seshat', withDataTests(toJson(moduleSchema)))],
    [
      'properties.schema.json',
      titled(
        'YAML beside models: what is to be said of models and sources',
        withDataTests(toJson(propertiesSchema)),
      ),
    ],
    [
      'run_results.schema.json',
      titled('target/run_results.json: what an invocation has done', toJson(runResultsSchema)),
    ],
    ['manifest.schema.json', titled('target/manifest.json: a compiled project', toJson(manifestSchema))],
  ])
}

const titled = (title: string, { $schema, ...schema }: JsonSchema): JsonSchema => ({
  $schema,
  title,
  ...schema,
})

/** Draft 7, which all editors know. */
function toJson(schema: z.ZodType): JsonSchema {
  const made = z.toJSONSchema(schema, { io: 'input', target: 'draft-07', unrepresentable: 'any' })
  return mapObjects(made as JsonSchema, oneOrMore)
}

/** Lists of tests stand at models and at columns: what may be in them is said once. */
function withDataTests(schema: JsonSchema): JsonSchema {
  const { $schema: _, ...test } = toJson(publishedTestSchema)
  const reference = ({ dataTest, ...part }: JsonSchema): JsonSchema =>
    dataTest === true ? { $ref: '#/definitions/data_test' } : part
  return { ...mapObjects(schema, reference), definitions: { data_test: test } }
}

/** Every object of a schema, the inner ones first. */
function mapObjects(value: unknown, change: (schema: JsonSchema) => JsonSchema): JsonSchema {
  const visit = (part: unknown): unknown => {
    if (Array.isArray(part)) return part.map(visit)
    if (typeof part !== 'object' || part === null) return part
    return change(Object.fromEntries(Object.entries(part).map(([key, inner]) => [key, visit(inner)])))
  }
  return visit(value) as JsonSchema
}

/** A list that may be written as its only item. */
function oneOrMore({ oneOrMore: marked, type, items, ...schema }: JsonSchema): JsonSchema {
  const list = { ...(type === undefined ? {} : { type }), ...(items === undefined ? {} : { items }) }
  return marked === true ? { ...schema, anyOf: [items, list] } : { ...list, ...schema }
}

/** What env_var fills in, or a number written as a text. */
const template: JsonSchema = { type: 'string', pattern: '\\{\\{.*\\}\\}|^\\d+(\\.\\d+)?$' }

function profilesSchema(): z.ZodType {
  const outputs = [...adapters.values()].map(({ name, connection }) => {
    const keys = Object.entries(connection.shape)
      .filter(([, schema]) => !(withoutOptional(schema as z.ZodType) instanceof z.ZodNever))
      .map(([key, schema]) => [key, orTemplate(schema as z.ZodType)])
    const type = z.literal(name).describe('The adapter.')
    return z.strictObject({ type, ...Object.fromEntries(keys) })
  })
  const output = z.union(outputs)
  return z.record(
    z.string(),
    profileSchema.extend({
      outputs: z.record(z.string(), output).describe('Connections by name: each a target.'),
    }),
  )
}

const withoutOptional = (schema: z.ZodType): z.ZodType =>
  schema instanceof z.ZodOptional || schema instanceof z.ZodDefault ? (schema.unwrap() as z.ZodType) : schema

/** A text may be any text; a number or one of a few words may come from the environment as well. */
function orTemplate(schema: z.ZodType): z.ZodType {
  const inner = withoutOptional(schema)
  if (inner instanceof z.ZodString) return schema
  const either = z.union([inner, z.string().meta(template)])
  return (inner === schema ? either : either.optional()).describe(schema.description ?? '')
}

function projectJson(): JsonSchema {
  const schema = toJson(projectSchema)
  const properties = schema['properties'] as Record<string, JsonSchema>
  return { ...schema, properties: { ...properties, vars: { ...properties['vars'], ...variables() } } }
}

const custom: JsonSchema = { type: ['string', 'number', 'boolean', 'null', 'array'] }

/** The standard variables for all modules and for each that takes them; a project's own, and its modules', by any name. */
function variables(): JsonSchema {
  const model = validate(parseYaml(readPackageFile('models/model.yml')), modelDefinitionSchema)
  const modules = model.modules.map(name => {
    const { description, vars } = validate(
      parseYaml(readPackageFile(`models/${name}/module.yml`)),
      moduleSchema,
    )
    const taken = [...schemasOfTables, ...vars].filter(entry => typeof entry === 'string')
    const own = taken.map(variable => [variable, model.vars[variable]] as const)
    return [name, { ...mapOf(own), description: `Variables of ${name} alone. ${description}` }] as const
  })
  return {
    ...mapOf(Object.entries(model.vars)),
    properties: {
      ...(mapOf(Object.entries(model.vars))['properties'] as JsonSchema),
      ...Object.fromEntries(modules),
      custom: {
        type: ['object', 'null'],
        description: 'Variables of your own models.',
        additionalProperties: custom,
      },
    },
    additionalProperties: { type: 'object', description: 'Variables of a module of the project.' },
  }
}

/** Every module takes these, whether its module.yml lists them or not. */
const schemasOfTables = ['input_schema', 'scratch_schema', 'output_schema']

function mapOf(entries: Iterable<readonly [string, VariableDeclaration | undefined]>): JsonSchema {
  const properties = [...entries].flatMap(([name, declaration]) =>
    declaration ? [[name, variable(declaration)] as const] : [],
  )
  return {
    type: ['object', 'null'],
    properties: Object.fromEntries(properties),
    additionalProperties: false,
  }
}

function variable({
  description,
  default: standard,
  nullable,
  ...declaration
}: VariableDeclaration): JsonSchema {
  const value = allowed(declaration)
  return {
    description,
    ...(standard === undefined ? {} : { default: standard }),
    ...(nullable ? { anyOf: [value, { type: 'null' }] } : value),
  }
}

type Declaration = Omit<VariableDeclaration, 'description' | 'default' | 'nullable'>

function allowed({ type, min, above, max, values }: Declaration): JsonSchema {
  const range = {
    ...(min === undefined ? {} : { minimum: min }),
    ...(above === undefined ? {} : { exclusiveMinimum: above }),
    ...(max === undefined ? {} : { maximum: max }),
  }
  const name = { type: 'string', pattern: '^[A-Za-z_][A-Za-z0-9_$]*$' }
  switch (type) {
    case 'string':
      return { type: 'string' }
    case 'identifier':
      return name
    case 'suffix':
      return { type: 'string', pattern: '^[A-Za-z0-9_]*$' }
    case 'date':
      return { type: 'string', pattern: '^\\d{4}-\\d{2}-\\d{2}([ T]\\d{2}:\\d{2}:\\d{2})?$' }
    case 'integer':
    case 'number':
      return { type, ...range }
    case 'boolean':
      return { type }
    case 'choice':
      return { enum: values ?? [] }
    case 'list':
      return { type: 'array', items: { type: 'string' } }
    case 'columns':
      return { type: 'array', items: name }
  }
}
