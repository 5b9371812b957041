// A YAML file with the place of every key and value, so that each fault can point at its line.

import type { Node } from 'yaml'
import * as z from 'zod'
import { type Diagnostic, error, Faults, type Place, shorten } from './diagnostics.js'
import { didYouMean, nearestNames } from './nearest.js'
import { builtYaml } from './package_data.js'
import { placeAt, type SourceFile } from './source_file.js'
import { readDocument } from './yaml_document.js'
import { placesOf, type Span, type YamlPath, type YamlPlaces } from './yaml_places.js'

export type { YamlPath }

export interface YamlFile {
  readonly file: string
  readonly text: string
  readonly data: unknown
  /** Whether it may hold secrets, as profiles.yml does: then nothing of its text is repeated. */
  readonly secret: boolean
  /** Where the value at `path` stands; where there is none, its nearest ancestor. */
  valueAt(path: YamlPath): Place
  /** Where the key that ends `path` stands. */
  keyAt(path: YamlPath): Place
}

/**
 * @param holds whether its text may be repeated
 * @throws Faults `bad-yaml`: every syntax error of the file, repeated keys and alias bombs among them.
 */
export function parseYaml(
  source: SourceFile,
  holds: 'secret' | 'nothing secret' = 'nothing secret',
): YamlFile {
  const secret = holds === 'secret'
  const { data, places } = builtYaml(source) ?? readYaml(source, secret)
  const at = ([offset, length]: Span): Place => placeAt(source.path, source.text, offset, length)
  const start: Span = [0, 1]
  return {
    file: source.path,
    text: source.text,
    data,
    secret,
    valueAt: path => at(nearest(path, part => places.valueAt(part)) ?? start),
    keyAt: path => at(places.keyAt(path) ?? start),
  }
}

function readYaml(
  source: SourceFile,
  secret: boolean,
): { readonly data: unknown; readonly places: YamlPlaces } {
  const { document, data } = readDocument(source, secret)
  return { data, places: placesOf(document.contents as Node | null) }
}

function nearest(path: YamlPath, place: (path: YamlPath) => Span | undefined): Span | undefined {
  for (let length = path.length; length >= 0; length--) {
    const found = place(path.slice(0, length))
    if (found) return found
  }
  return undefined
}

/** How values are checked: zod would write a function for each schema, which takes longer than the few values that it checks. */
export const interpreted = { jitless: true }

/**
 * Checks a file against a schema and gives the typed value.
 * @throws Faults: `unknown-key` (with the nearest known ones) and `bad-value`, all of the file's at once.
 */
export function validate<T>(yaml: YamlFile, schema: z.ZodType<T>): T {
  const result = schema.safeParse(yaml.data ?? {}, interpreted)
  if (result.success) return result.data
  const { issues } = result.error
  const unknown = issues.flatMap(issue =>
    issue.code === 'unrecognized_keys' ? unknownKeys(schema, issue) : [],
  )
  // A key that is misspelt is missing too; it is one fault.
  const misspelt = new Set(unknown.flatMap(({ parent, near }) => near.map(key => nameOf([...parent, key]))))
  const faults = issues
    .filter(issue => issue.code !== 'unrecognized_keys')
    .filter(issue => !(valueAt(yaml.data, issue.path) === undefined && misspelt.has(nameOf(issue.path))))
    .map(issue => badValue(yaml, issue))
  throw new Faults([...unknown.map(found => unknownKey(yaml, found)), ...faults].sort(inOrderOfPlace))
}

export const nameOf = (path: readonly PropertyKey[]): string => path.join('.')
const inOrderOfPlace = (a: Diagnostic, b: Diagnostic): number =>
  (a.at?.line ?? 0) - (b.at?.line ?? 0) || (a.at?.column ?? 0) - (b.at?.column ?? 0)
const valueAt = (data: unknown, path: readonly PropertyKey[]): unknown =>
  path.reduce<unknown>(
    (value, key) => (value as Record<PropertyKey, unknown> | null | undefined)?.[key],
    data,
  )

interface UnknownKey {
  readonly parent: YamlPath
  readonly key: string
  readonly near: readonly string[]
}

function unknownKeys(schema: z.ZodType, issue: z.core.$ZodIssueUnrecognizedKeys): readonly UnknownKey[] {
  const parent = issue.path as YamlPath
  const known = knownKeys(schema, parent)
  return issue.keys.map(key => ({ parent, key, near: nearestNames(key, known) }))
}

function unknownKey(yaml: YamlFile, { parent, key, near }: UnknownKey): Diagnostic {
  const inside = parent.length > 0 ? ` in '${nameOf(parent)}'` : ''
  const at = yaml.keyAt([...parent, key])
  // The rest of a password with a comma in it, or one without a blank before it.
  if (yaml.secret && (valueAt(yaml.data, [...parent, key]) === null || !/^\w+$/.test(key)))
    return error('unknown-key', `a key that is not known${inside}`, {
      at,
      hint: 'A value with commas, colons or other signs has to stand in quotes, and a blank after the colon of its key.',
    })
  return error('unknown-key', `unknown key '${shorten(key)}'${inside}`, { at, ...didYouMean(near) })
}

/** A path of the schema as it stands in the file: one name may stand for a list of one. */
export function writtenPath(data: unknown, path: readonly PropertyKey[]): YamlPath {
  const scalar = path.findIndex((_, index) => typeof valueAt(data, path.slice(0, index)) === 'string')
  return (scalar === -1 ? path : path.slice(0, scalar)) as YamlPath
}

function badValue(yaml: YamlFile, issue: z.core.$ZodIssue): Diagnostic {
  const path = writtenPath(yaml.data, issue.path)
  const at = yaml.valueAt(path)
  if (path.length > 0 && valueAt(yaml.data, path) === undefined)
    return error('bad-value', `'${nameOf(path)}' is missing`, { at })
  return error('bad-value', `${path.length > 0 ? `'${nameOf(path)}'` : 'the file'} ${describeIssue(issue)}`, {
    at,
  })
}

/** What a value must be: in the schema's own words, which begin with "must", or in ours. */
export function describeIssue(issue: z.core.$ZodIssue): string {
  if (issue.message.startsWith('must ')) return issue.message
  switch (issue.code) {
    case 'invalid_type':
      return `must be ${typesInWords[issue.expected] ?? `of type ${issue.expected}`}`
    case 'invalid_value':
      return `must be ${issue.values.length > 1 ? 'one of ' : ''}${issue.values.join(', ')}`
    case 'too_small':
      return issue.origin === 'number' ? `must be at least ${issue.minimum}` : 'must not be empty'
    case 'invalid_key':
      return `is no name for this: it ${issue.issues.map(describeIssue).join('; ')}`
    case 'too_big':
      return `must be at most ${issue.maximum}`
    default:
      return `is not right: ${issue.message}`
  }
}

const typesInWords: Readonly<Record<string, string>> = {
  string: 'a text',
  number: 'a number',
  int: 'a whole number',
  boolean: 'true or false',
  array: 'a list',
  object: 'a map of names to values',
  record: 'a map of names to values',
}

/** The keys that the schema allows in the object at `path`. */
function knownKeys(schema: z.ZodType, path: YamlPath): readonly string[] {
  let at: z.core.$ZodType | undefined = schema
  for (const part of path) at = child(unwrap(at), part)
  const object = unwrap(at)
  return object instanceof z.ZodObject ? Object.keys(object.shape) : []
}

function unwrap(schema: z.core.$ZodType | undefined): z.core.$ZodType | undefined {
  let inner = schema
  while (inner instanceof z.ZodOptional || inner instanceof z.ZodDefault) inner = inner.unwrap()
  return inner
}

function child(schema: z.core.$ZodType | undefined, part: string | number): z.core.$ZodType | undefined {
  if (schema instanceof z.ZodObject) return schema.shape[part] as z.core.$ZodType | undefined
  if (schema instanceof z.ZodRecord) return schema.valueType
  if (schema instanceof z.ZodArray) return schema.element
  return undefined
}
