// The tables that models read and nobody here makes, `source('shop', 'orders')` -> the relation that is meant.

import { type Diagnostic, error, type Place } from './diagnostics.js'
import { nearest } from './nearest.js'
import type { ParsedModel } from './parse.js'
import type { Project } from './project.js'
import type { Relation } from './relation.js'
import type { SourceProperties } from './settings.js'

/** Sources by `name.table`: as declared in YAML, else the schema and table as they stand; `atomic` is `input_schema`. */
export function declaredSources(
  project: Project,
  models: readonly ParsedModel[],
  faults: Diagnostic[],
): ReadonlyMap<string, Relation> {
  const declared = new Map<string, { readonly source: SourceProperties; readonly at: Place }>()
  for (const { yaml, properties } of project.properties) {
    for (const [index, source] of properties.sources.entries()) {
      const at = yaml.valueAt(['sources', index, 'name'])
      const twin = declared.get(source.name)
      if (twin) faults.push(duplicateSource(source.name, at, twin.at))
      else declared.set(source.name, { source, at })
    }
  }
  const sources = new Map<string, Relation>()
  for (const model of models) {
    for (const { name, table, at } of model.sources) {
      const known = declared.get(name)
      const entry = known?.source.tables.find(other => other.name === table)
      if (known && !entry) faults.push(unknownSourceTable(known.source, table, at))
      const standard = name === 'atomic' ? String(project.variables.value(undefined, 'input_schema')) : name
      sources.set(`${name}.${table}`, {
        schema: known?.source.schema ?? standard,
        name: entry?.identifier ?? table,
      })
    }
  }
  return sources
}

const duplicateSource = (name: string, at: Place, other: Place): Diagnostic =>
  error('duplicate-source', `the source '${name}' is declared twice`, {
    at,
    related: [{ at: other, message: 'the other one' }],
    hint: 'List the tables of both in one.',
  })

function unknownSourceTable(source: SourceProperties, table: string, at: Place): Diagnostic {
  const tables = source.tables.map(entry => entry.name)
  return error('unknown-source', `the source '${source.name}' has no table '${table}'`, {
    at,
    hint: nearest(table, tables).hint ?? `Its tables are ${tables.join(', ')}; add it to them.`,
  })
}
