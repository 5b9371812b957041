// What `ref` and `source` leave in rendered SQL: marks that stand for a relation until the plan knows which one it is.
// The same rendered text then serves a normal run and one that reads a production table in a scratch table's place.

import { type Relation, sqlName } from './relation.js'

export type ReferenceKind = 'ref' | 'previous' | 'source' | 'this' | 'limit'
type Part = 'full' | 'schema' | 'name'

const mark = '\u0001'
const pattern = /\u0001(ref|previous|source|this|limit):([^:\u0001]*):(full|schema|name)\u0001/g

/** What a template gets from `ref('x')`: prints as the relation, and has `schema` and `name`. */
export function referenceHandle(kind: ReferenceKind, key: string) {
  const marked = (part: Part): string => `${mark}${kind}:${key}:${part}${mark}`
  return { schema: marked('schema'), name: marked('name'), toString: () => marked('full') }
}

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
