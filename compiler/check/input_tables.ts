// The tables that a project reads and does not make, as empty tables: the events and contexts of the standard model, tables
// of modules that are switched off, and sources whose columns are declared in YAML.

import { type Dialect, noLayout } from '../../adapters/dialect.js'
import type { Table } from '../catalog.js'
import type { Compiled } from '../compile.js'
import type { TypedColumn } from '../model_config.js'
import { ownValue } from '../own_value.js'
import { type Relation, sqlName } from '../relation.js'
import { typedColumns } from '../table_statements.js'
import { isDeclaredSeed } from './traces.js'

export interface InputTables {
  readonly schemas: readonly string[]
  /** `create table` statements. */
  readonly creates: readonly string[]
  /** Sources by `name.table` of which nobody has said what columns they have. */
  readonly unknown: ReadonlySet<string>
}

export function inputTables({ project, graph, input: { dialect } }: Compiled): InputTables {
  const tables = [...graph.catalog.tables.values()]
  const seeds = new Set(tables.filter(table => table.seed).map(table => sqlName(table.relation)))
  const unknown = new Set<string>()
  const found = new Map<string, { relation: Relation; columns: readonly TypedColumn[] }>()
  const add = (relation: Relation, columns: readonly TypedColumn[]): void => {
    if (!seeds.has(sqlName(relation))) found.set(sqlName(relation), { relation, columns })
  }
  for (const [key, relation] of graph.catalog.sources) {
    const [source = '', table = ''] = key.split('.')
    const columns = sourceColumns(project, source, table)
    if (columns.length > 0) add(relation, columns)
    else if (!seeds.has(sqlName(relation))) unknown.add(key)
  }
  for (const table of tables) {
    if (isDeclaredSeed(table))
      found.set(sqlName(table.relation), { relation: table.relation, columns: typedColumns(table) })
    else if (table.kind === 'external' || isLeftUnwritten(table)) add(table.relation, typedColumns(table))
  }
  const made = [...found.values()]
  return {
    schemas: [...new Set(made.map(({ relation }) => relation.schema))],
    creates: made.map(table => createTable(dialect, table)),
    unknown,
  }
}

const createTable = (dialect: Dialect, table: { relation: Relation; columns: readonly TypedColumn[] }) =>
  dialect.createTable({ ...table, storage: 'durable', layout: noLayout })

/** What this project does not write may have been written by another one, and is read then. */
const isLeftUnwritten = ({ kind, written }: Table): boolean =>
  !written && ['incremental', 'staged', 'manifest'].includes(kind)

/** What the standard model declares, and what the project's YAML adds to it. */
export function sourceColumns(
  project: Compiled['project'],
  source: string,
  table: string,
): readonly TypedColumn[] {
  const standard = ownValue(ownValue(project.model.sources, source), table) ?? []
  const own = project.properties
    .flatMap(({ properties }) => properties.sources)
    .filter(entry => entry.name === source)
    .flatMap(entry => entry.tables.filter(({ name }) => name === table))
    .flatMap(entry => entry.columns ?? [])
  return [...new Map([...standard, ...own].map(column => [column.name, column])).values()]
}
