// Compiled project and lineage -> the columns of every table and source as pages show them: type, words, where each comes from
// and what uses it.

import { inheritedTable, metadataTable } from '../catalog.js'
import { describeColumns } from '../column_words.js'
import type { CompiledPlan } from '../compile.js'
import type { ColumnLineage, Lineage, SourceColumn } from '../lineage.js'
import { inheritedColumns, metadataColumns } from '../metadata.js'
import type { Column } from '../model_config.js'
import { ownValue } from '../own_value.js'

export interface SiteColumn {
  readonly name: string
  readonly type: string | undefined
  readonly description: string | undefined
  /** The column that it is a copy of, whose description stands for its own. */
  readonly describedBy: SourceColumn | undefined
  readonly isKey: boolean
  /** Undefined for what no select makes. */
  readonly from: readonly SourceColumn[] | 'unknown' | undefined
  readonly usedBy: readonly SourceColumn[]
}

/** Tables that the package keeps for itself, by name. */
export const keptTables: ReadonlyMap<string, { description: string; columns: readonly Column[] }> = new Map([
  [
    metadataTable,
    { description: 'One row per run and module: what each run did.', columns: metadataColumns },
  ],
  [
    inheritedTable,
    {
      description:
        'Up to which time each production table held rows of another system when its module first ran.',
      columns: inheritedColumns,
    },
  ],
])

/** By the name of their table or source. */
export function columnsOf(
  compiled: CompiledPlan,
  lineage: Lineage | undefined,
): ReadonlyMap<string, readonly SiteColumn[]> {
  const { catalog } = compiled.graph
  const traced = new Map<string, readonly ColumnLineage[]>()
  for (const [model, found] of Object.entries(lineage ?? {}))
    if (found !== 'unknown') traced.set(model, found)
  const declared = new Map<string, readonly Column[]>([
    ...[...catalog.tables].map(([name, table]) => [name, table.columns] as const),
    ...[...keptTables].map(
      ([name, { columns }]) => [name, describeColumns(columns, compiled.project.columnWords)] as const,
    ),
    ...[...catalog.sources.keys()].map(name => [name, sourceColumns(compiled, name)] as const),
  ])
  const usedBy = new Map<string, SourceColumn[]>()
  for (const [model, found] of traced)
    for (const { column, from } of catalog.tables.get(model)?.kind === 'test' ? [] : found)
      for (const above of from === 'unknown' ? [] : from) {
        const key = `${above.table}.${above.column}`
        const users = usedBy.get(key)
        if (users) users.push({ table: model, column })
        else usedBy.set(key, [{ table: model, column }])
      }
  const words = wordsOf(declared, traced)
  return new Map(
    [...declared].map(([name, own]) => {
      const table = catalog.tables.get(name)
      const found = traced.get(name)
      const names = [
        ...new Set([...own, ...(found ?? [])].map(entry => ('name' in entry ? entry.name : entry.column))),
      ]
      const columns = names.map((column): SiteColumn => {
        const said = own.find(entry => entry.name === column)
        const trace = found?.find(entry => entry.column === column)
        const isMade = table?.model !== undefined
        return {
          name: column,
          type: said?.type ?? shortType(trace?.type),
          ...words(name, column),
          isKey: table?.config.unique_key?.includes(column) ?? false,
          from: isMade && table.kind !== 'replaced' ? (trace?.from ?? 'unknown') : undefined,
          usedBy: usedBy.get(`${name}.${column}`) ?? [],
        }
      })
      return [name, columns] as const
    }),
  )
}

/** As people write it. */
const shortType = (type: string | undefined): string | undefined =>
  type
    ?.replace('character varying', 'varchar')
    .replace(/^character\b/, 'char')
    .replace(' without time zone', '')

function sourceColumns({ project }: CompiledPlan, source: string): readonly Column[] {
  const [name = '', ...rest] = source.split('.')
  const table = rest.join('.')
  const declared = project.properties
    .flatMap(({ properties }) => properties.sources)
    .find(entry => entry.name === name)
  const columns = declared?.tables.find(entry => entry.name === table)?.columns
  return (
    columns ??
    describeColumns(ownValue(ownValue(project.model.sources, name), table) ?? [], project.columnWords)
  )
}

/** The description of a column: its own, or that of the column that it is a copy of, through other copies too. */
function wordsOf(
  declared: ReadonlyMap<string, readonly Column[]>,
  traced: ReadonlyMap<string, readonly ColumnLineage[]>,
) {
  /** By column, where its words stand; null where there are none. */
  const known = new Map<string, { readonly at: SourceColumn; readonly description: string } | null>()
  const find = (column: SourceColumn) => {
    const passed: string[] = []
    let found: { readonly at: SourceColumn; readonly description: string } | null = null
    for (let at: SourceColumn | undefined = column; at; ) {
      const { table, column: name }: SourceColumn = at
      const key = `${table}.${name}`
      const before = known.get(key)
      if (before !== undefined) {
        found = before
        break
      }
      known.set(key, null) // so that copies of one another end
      passed.push(key)
      const description = declared.get(table)?.find(entry => entry.name === name)?.description
      if (description !== undefined) {
        found = { at, description }
        break
      }
      at = traced.get(table)?.find(entry => entry.column === name)?.copyOf
    }
    for (const key of passed) known.set(key, found)
    return found
  }
  return (table: string, column: string): Pick<SiteColumn, 'description' | 'describedBy'> => {
    const found = find({ table, column })
    const isOwn = found?.at.table === table && found.at.column === column
    return { description: found?.description, describedBy: found && !isOwn ? found.at : undefined }
  }
}
