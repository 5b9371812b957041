// What `ref` and `source` leave in rendered SQL: marks that stand for a relation until the plan knows which one it is.
// The same rendered text then serves a normal run and one that reads a production table in a scratch table's place.

import { type Relation, sqlName } from './relation.js'

export type ReferenceKind = 'ref' | 'previous' | 'source' | 'this' | 'limit'
type Part = 'full' | 'schema' | 'name'

const mark = '\u0001'
const pattern = /\u0001(ref|previous|source|this|limit):([^:\u0001]*):(full|schema|name)\u0001/g

/**
 * What a template gets from `ref('x')`: prints as the relation, and has `schema` and `name`. Of a class, so that it is no map whose
 * values are weighed (template_sandbox.ts).
 */
class ReferenceHandle {
  readonly schema: string
  readonly name: string
  readonly toString: () => string

  constructor(kind: ReferenceKind, key: string) {
    const marked = (part: Part): string => `${mark}${kind}:${key}:${part}${mark}`
    this.schema = marked('schema')
    this.name = marked('name')
    this.toString = () => marked('full')
  }
}

export const referenceHandle = (kind: ReferenceKind, key: string): ReferenceHandle =>
  new ReferenceHandle(kind, key)

/** Puts relations in the place of the marks. */
export function resolveReferences(
  sql: string,
  relationOf: (kind: ReferenceKind, key: string) => Relation | string,
): string {
  return sql.replaceAll(pattern, (_, kind: ReferenceKind, key: string, part: Part) => {
    const relation = relationOf(kind, key)
    if (typeof relation === 'string') return relation
    return part === 'full' ? sqlName(relation) : relation[part]
  })
}

/**
 * The columns that a text reads of a source under an alias, `from <source> as e ... e.event_id`, in small letters. Of a
 * source in brackets only what stands in them counts, since outside the alias may mean another table.
 */
export function columnsRead(sql: string, source: string): ReadonlySet<string> {
  const handle = String(referenceHandle('source', source))
  const columns = new Set<string>()
  for (let at = sql.indexOf(handle); at >= 0; at = sql.indexOf(handle, at + 1)) {
    const alias = /^\s+as\s+(\w+)/i.exec(sql.slice(at + handle.length))?.[1]
    if (alias === undefined) continue
    for (const [, name = ''] of scopeAround(sql, at).matchAll(new RegExp(`\\b${alias}\\.(\\w+)`, 'gi')))
      columns.add(name.toLowerCase())
  }
  return columns
}

/** The text between the innermost brackets around a place; all of it where there are none. */
function scopeAround(sql: string, at: number): string {
  let start = at
  for (let open = 0; start > 0 && open >= 0; start -= 1)
    open += { ')': 1, '(': -1 }[sql.charAt(start - 1)] ?? 0
  let end = at
  for (let open = 0; end < sql.length && open >= 0; end += 1)
    open += { '(': 1, ')': -1 }[sql.charAt(end)] ?? 0
  return sql.slice(start, end)
}
