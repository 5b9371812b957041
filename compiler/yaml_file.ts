// A YAML file with the place of every key and value, so that each fault can point at its line.

import { isMap, isScalar, isSeq, type Node, type ParsedNode, parseDocument } from 'yaml'
import { z } from 'zod'
import { type Diagnostic, error, Faults, type Place } from './diagnostics.js'
import { nearest } from './nearest.js'
import { placeAt, type SourceFile } from './source_file.js'

type YamlPath = readonly (string | number)[]

export interface YamlFile {
  readonly file: string
  readonly data: unknown
  /** Where the value at `path` stands; where there is none, its nearest ancestor. */
  valueAt(path: YamlPath): Place
  /** Where the key that ends `path` stands. */
  keyAt(path: YamlPath): Place
}

/** @throws Faults `bad-yaml`: every syntax error of the file, repeated keys and alias bombs among them. */
export function parseYaml(source: SourceFile): YamlFile {
  const document = parseDocument(source.text, { prettyErrors: false, version: '1.2' })
  const at = (offset: number, length: number): Place => placeAt(source.path, source.text, offset, length)
  if (document.errors.length > 0) {
    throw new Faults(
      document.errors.map(fault =>
        error('bad-yaml', fault.message, { at: at(fault.pos[0], fault.pos[1] - fault.pos[0]) }),
      ),
    )
  }
  let data: unknown
  try {
    data = document.toJS({ maxAliasCount: 100 })
  } catch (cause) {
    throw new Faults([error('bad-yaml', (cause as Error).message, { at: at(0, 1) })])
  }
  const placeOf = (node: Node | null | undefined): Place | undefined =>
    node?.range ? at(node.range[0], node.range[1] - node.range[0]) : undefined
  const root = document.contents as ParsedNode | null
  return {
    file: source.path,
    data,
    valueAt: path => nearestPlace(path, part => placeOf(descend(root, part))) ?? at(0, 1),
    keyAt: path => placeOf(keyNode(root, path)) ?? at(0, 1),
  }
}

function descend(root: Node | null, path: YamlPath): Node | null | undefined {
  let node: Node | null | undefined = root
  for (const part of path) {
    if (isMap(node)) node = node.get(part, true) as Node | undefined
    else if (isSeq(node)) node = node.get(part, true) as Node | undefined
    else return undefined
  }
  return node
}

function keyNode(root: Node | null, path: YamlPath): Node | undefined {
  const parent = descend(root, path.slice(0, -1))
  if (!isMap(parent)) return undefined
  const last = path.at(-1)
  const pair = parent.items.find(item => isScalar(item.key) && String(item.key.value) === String(last))
  return pair?.key as Node | undefined
}

function nearestPlace(path: YamlPath, place: (path: YamlPath) => Place | undefined): Place | undefined {
  for (let length = path.length; length >= 0; length--) {
    const found = place(path.slice(0, length))
    if (found) return found
  }
  return undefined
}

/**
 * Checks a file against a schema and gives the typed value.
 * @throws Faults: `unknown-key` (with the nearest known ones) and `bad-value`, all of the file's at once.
 */
export function validate<T>(yaml: YamlFile, schema: z.ZodType<T>): T {
  const result = schema.safeParse(yaml.data ?? {})
  if (result.success) return result.data
  throw new Faults(result.error.issues.flatMap(issue => describeIssue(yaml, schema, issue)))
}

function describeIssue(yaml: YamlFile, schema: z.ZodType, issue: z.core.$ZodIssue): readonly Diagnostic[] {
  const path = issue.path as YamlPath
  if (issue.code === 'unrecognized_keys') {
    const known = knownKeys(schema, path)
    return issue.keys.map(key =>
      error('unknown-key', `unknown key '${key}'${path.length > 0 ? ` in '${path.join('.')}'` : ''}`, {
        at: yaml.keyAt([...path, key]),
        ...nearest(key, known),
      }),
    )
  }
  const where = path.length > 0 ? `'${path.join('.')}': ` : ''
  return [error('bad-value', where + issue.message, { at: yaml.valueAt(path) })]
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
