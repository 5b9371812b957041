// Compiled -> the tables from outside that the selected models read, each with the columns of it that they name: what
// has to be there before a run, and what the session has to be allowed to read.

import type { Compiled } from './compile.js'
import { ownValue } from './records.js'
import { columnsRead } from './reference.js'
import { type Relation, sqlName } from './relation.js'

export interface SourceRead {
  readonly relation: Relation
  /**
   * The columns that models of modules read, with their types where the standard model declares them. Of custom models
   * nobody knows: they may take columns by names without an alias.
   */
  readonly columns: readonly { readonly name: string; readonly type: string | undefined }[]
}

export function sourcesRead({ project, models, input }: Compiled): readonly SourceRead[] {
  const found = new Map<
    string,
    { readonly relation: Relation; readonly columns: Map<string, string | undefined> }
  >()
  for (const model of models.filter(({ name }) => input.selected.has(name))) {
    for (const { name, table } of model.sources) {
      const relation = input.project.catalog.sources.get(`${name}.${table}`)
      if (!relation) continue
      const known = found.get(sqlName(relation)) ?? { relation, columns: new Map() }
      found.set(sqlName(relation), known)
      if (!model.module) continue
      const declared = ownValue(ownValue(project.model.sources, name), table) ?? []
      for (const column of columnsRead(model.sql, `${name}.${table}`))
        known.columns.set(column, declared.find(other => other.name === column)?.type)
    }
  }
  return [...found.values()]
    .sort((a, b) => (sqlName(a.relation) < sqlName(b.relation) ? -1 : 1))
    .map(({ relation, columns }) => ({
      relation,
      columns: [...columns].sort().map(([name, type]) => ({ name, type })),
    }))
}
