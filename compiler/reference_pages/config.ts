// The page of every key of the YAML files, from the JSON schemas that editors use.

import { type JsonSchema, jsonSchemas } from '../json_schemas.js'
import { code, page, table } from './markdown.js'

const files = [
  ['seshat.schema.json', 'seshat.yml', 'The project. Its `vars` are in [variables](variables.md).'],
  [
    'profiles.schema.json',
    'profiles.yml',
    "Connections. Any value may be `{{ env_var('NAME') }}`, or have a part of it. `<postgres>` stands for the name of an output of that type.",
  ],
  [
    'properties.schema.json',
    'YAML beside models',
    'Files below `models/` that are no module.yml. `config` of a model takes the same keys as `config(...)` in its file.',
  ],
  ['module.schema.json', 'module.yml', 'Makes its folder a [module](../guide/modules.md).'],
] as const

export function configPage(): string {
  const schemas = jsonSchemas()
  const parts = files.map(([file, title, text]) => {
    const rows = keysOf(schemas.get(file) ?? {}, '').map(({ path, schema, required }) => [
      code(path),
      kindOf(schema),
      schema['default'] === undefined
        ? required
          ? 'required'
          : ''
        : code(JSON.stringify(schema['default'])),
      String(schema['description'] ?? ''),
    ])
    return `## ${title}\n\n${text}\n\n${table(['key', 'value', 'default', 'meaning'], rows)}`
  })
  return page(
    'Keys of the YAML files',
    '`<name>` stands for a name of your own, `[]` for each entry of a list.',
    ...parts,
  )
}

interface Key {
  readonly path: string
  readonly schema: JsonSchema
  readonly required: boolean
}

/** Every key below a schema, outer ones first. */
function keysOf(schema: JsonSchema, path: string): readonly Key[] {
  const required = listOf(schema['required'])
  const own = Object.entries(mapOf(schema['properties'])).flatMap(([name, value]) => {
    const inner = mapOf(value)
    const here = path === '' ? name : `${path}.${name}`
    const below = here === 'vars' && 'properties' in inner ? [] : keysOf(inner, here)
    return name === 'type' && 'const' in inner
      ? []
      : [{ path: here, schema: inner, required: required.includes(name) }, ...below]
  })
  const named = mapOf(schema['additionalProperties'])
  const ofAny =
    Object.keys(named).length === 0 ? [] : keysOf(named, path === '' ? '<name>' : `${path}.<name>`)
  const items = 'items' in schema ? keysOf(mapOf(schema['items']), `${path}[]`) : []
  const choices = listOf(schema['anyOf']).flatMap(choice => {
    const inner = mapOf(choice)
    const type = mapOf(mapOf(inner['properties'])['type'])['const']
    return keysOf(inner, type === undefined ? path : path.replace(/<name>$/, `<${String(type)}>`))
  })
  return [...own, ...ofAny, ...items, ...choices]
}

const mapOf = (value: unknown): JsonSchema =>
  typeof value === 'object' && value !== null && !Array.isArray(value) ? { ...value } : {}
const listOf = (value: unknown): readonly unknown[] => (Array.isArray(value) ? value : [])

/** What a value has to be, in words. */
function kindOf(schema: JsonSchema): string {
  const { enum: values, type, anyOf, items, pattern } = schema
  if (Array.isArray(values)) return values.map(value => code(String(value))).join(' ')
  if ('$ref' in schema) return '[data tests](../guide/tests.md)'
  if ('const' in schema) return code(String(schema['const']))
  if (Array.isArray(anyOf))
    return [...new Set(anyOf.map(choice => kindOf(mapOf(choice))))].filter(Boolean).join(', or ')
  if (Array.isArray(type)) return type.map(one => kindOf({ type: one })).join(', or ')
  if (type === 'array')
    return `a list${Object.keys(mapOf(items)).length > 0 ? ` of ${kindOf(mapOf(items)).replace(/^an? (name|text)$/, '$1s')}` : ''}`
  if (type === 'string') return pattern === undefined ? 'a text' : patterns(String(pattern))
  const words: Readonly<Record<string, string>> = {
    object: 'a map',
    boolean: '`true` `false`',
    integer: 'a whole number',
    number: 'a number',
    null: '`null`',
  }
  return words[String(type)] ?? 'anything'
}

const patterns = (pattern: string): string =>
  pattern.includes('{\\{') || pattern.startsWith('\\{') ? 'a text with env_var' : 'a name'
