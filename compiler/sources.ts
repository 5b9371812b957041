// The tables that models read and nobody here makes, `source('shop', 'orders')` -> the relation that is meant, and what is
// declared of it.

import { describeColumns } from './column_words.js'
import { type Diagnostic, error, type Place } from './diagnostics.js'
import type { Column, TypedColumn } from './model_config.js'
import { nearest } from './nearest.js'
import type { ParsedModel } from './parse.js'
import type { Project } from './project.js'
import { ownValue } from './records.js'
import type { Relation } from './relation.js'
import type { SourceProperties } from './settings.js'
import type { YamlFile, YamlPath } from './yaml_file.js'

interface DeclaredSource {
  readonly source: SourceProperties
  readonly yaml: YamlFile
  readonly path: YamlPath
}

/**
 * Sources by `name.table`: as declared in YAML, else the schema and table as they stand; `atomic` is `input_schema`.
 * @param faults gets `unknown-source`
 */
export function declaredSources(
  project: Project,
  models: readonly ParsedModel[],
  faults: Diagnostic[],
): ReadonlyMap<string, Relation> {
  const byName = new Map([...sourcesOf(project)].reverse().map(({ source }) => [source.name, source]))
  const sources = new Map<string, Relation>()
  for (const model of models) {
    for (const { name, table, at } of model.sources) {
      const known = byName.get(name)
      const entry = known?.tables.find(other => other.name === table)
      const ofStandard = Object.keys(ownValue(project.model.sources, name) ?? {})
      if (known && !entry && !ofStandard.includes(table))
        faults.push(unknownSourceTable(known, ofStandard, table, at))
      const standard = name === 'atomic' ? String(project.variables.value(undefined, 'input_schema')) : name
      sources.set(`${name}.${table}`, {
        schema: known?.schema ?? standard,
        name: entry?.identifier ?? table,
      })
    }
  }
  return sources
}

const sourcesOf = ({ properties }: Project): readonly DeclaredSource[] =>
  properties.flatMap(({ yaml, properties: { sources } }) =>
    sources.map((source, index) => ({ source, yaml, path: ['sources', index] })),
  )

/** Sources and tables that are declared twice, and columns of the standard model's that lack a type. */
export function sourceFaults(project: Project): readonly Diagnostic[] {
  const places = new Map<string, Place>()
  return sourcesOf(project).flatMap(({ source, yaml, path }) => {
    const at = yaml.valueAt([...path, 'name'])
    const twin = places.get(source.name)
    places.set(source.name, twin ?? at)
    return [
      ...(twin ? [duplicateSource(source.name, at, twin)] : []),
      ...tableFaults(project, source, yaml, path),
    ]
  })
}

function tableFaults(
  project: Project,
  { name, tables }: SourceProperties,
  yaml: YamlFile,
  path: YamlPath,
): readonly Diagnostic[] {
  return tables.flatMap((table, index) => {
    const below = [...path, 'tables', index]
    const twin = tables.findIndex(other => other.name === table.name)
    const repeated =
      twin < index
        ? [
            error('duplicate-source', `the source '${name}' has two tables '${table.name}'`, {
              at: yaml.valueAt([...below, 'name']),
              related: [{ at: yaml.valueAt([...path, 'tables', twin, 'name']), message: 'the other one' }],
              hint: 'Make one entry of the two.',
            }),
          ]
        : []
    const standard = ownValue(ownValue(project.model.sources, name), table.name)
    const untyped = (table.columns ?? []).flatMap((column, position) =>
      standard && !typeOf(column) && !standard.some(other => other.name === column.name)
        ? [
            untypedColumn(
              column.name,
              `${name}.${table.name}`,
              yaml.valueAt([...below, 'columns', position, 'name']),
            ),
          ]
        : [],
    )
    return [...repeated, ...untyped]
  })
}

/** The table would be known without it, so that whatever names the column would seem to be wrong. */
const untypedColumn = (column: string, table: string, at: Place): Diagnostic =>
  error('untyped-column', `the standard model knows no type of '${column}' in ${table}`, {
    at,
    hint: `Add its type: {name: ${column}, type: varchar(255)}.`,
  })

const duplicateSource = (name: string, at: Place, other: Place): Diagnostic =>
  error('duplicate-source', `the source '${name}' is declared twice`, {
    at,
    related: [{ at: other, message: 'the other one' }],
    hint: 'List the tables of both in one.',
  })

function unknownSourceTable(
  source: SourceProperties,
  ofStandard: readonly string[],
  table: string,
  at: Place,
): Diagnostic {
  const tables = [...new Set([...source.tables.map(entry => entry.name), ...ofStandard])]
  return error('unknown-source', `the source '${source.name}' has no table '${table}'`, {
    at,
    hint: nearest(table, tables).hint ?? `Its tables are ${tables.join(', ')}; add it to them.`,
  })
}

const typeOf = ({
  type,
  data_type,
}: {
  readonly type?: string | undefined
  readonly data_type?: string | undefined
}) => type ?? data_type

/** What a table of a source is, for people: its own words, else those of the source. */
export function sourceDescription(
  { properties }: Project,
  source: string,
  table: string,
): string | undefined {
  const found = properties
    .flatMap(({ properties: { sources } }) => sources)
    .find(({ name }) => name === source)
  return found?.tables.find(({ name }) => name === table)?.description ?? found?.description
}

/** Columns of a source: what the standard model declares, and what the project's YAML says over that and adds to it. */
export function sourceColumns(project: Project, source: string, table: string): readonly Column[] {
  const columns = new Map<string, Column>(
    describeColumns(ownValue(ownValue(project.model.sources, source), table) ?? [], project.columnWords).map(
      column => [column.name, column],
    ),
  )
  const own = project.properties
    .flatMap(({ properties: { sources } }) => sources)
    .filter(({ name }) => name === source)
    .flatMap(({ tables }) => tables.filter(({ name }) => name === table))
    .flatMap(entry => entry.columns ?? [])
  for (const { name, description, ...typed } of own) {
    const type = typeOf(typed)
    columns.set(name, {
      ...columns.get(name),
      name,
      ...(type === undefined ? {} : { type }),
      ...(description === undefined ? {} : { description }),
    })
  }
  return [...columns.values()]
}

/** The same where the type of each is known; else none, since nobody knows what else there is. */
export function typedSourceColumns(project: Project, source: string, table: string): readonly TypedColumn[] {
  const columns = sourceColumns(project, source, table)
  const typed = columns.filter((column): column is TypedColumn => column.type !== undefined)
  return typed.length === columns.length ? typed : []
}
