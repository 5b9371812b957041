// What a select reads -> its columns with their types: declared, or those that the select of its model gives, for which that
// runs on inputs without rows.

import { postgresDialect } from '../../adapters/postgres/dialect.js'
import { type Catalog, inheritedTable, metadataTable, type Table } from '../catalog.js'
import type { Compiled } from '../compile.js'
import { Faults } from '../diagnostics.js'
import { inheritedColumns, metadataColumns } from '../metadata.js'
import type { TypedColumn } from '../model_config.js'
import { selectOf } from '../model_sql.js'
import { sqlName } from '../relation.js'
import { readSeed, seedColumns } from '../seed.js'
import { typedSourceColumns } from '../sources.js'
import { replaceKeys, typedColumns } from '../table_statements.js'
import { type Read, readsOf } from './inputs.js'
import type { RenderedModels } from './rendered_models.js'

/** Runs a select over tables without rows. @throws Faults of the statement */
export type TypeSelect = (
  sql: string,
  tables: readonly { readonly read: Read; readonly columns: readonly TypedColumn[] }[],
) => Promise<readonly TypedColumn[]>

export class InputTypes {
  /** By how the models are rendered, then by relation. */
  readonly #known = new Map<RenderedModels, Map<string, Promise<readonly TypedColumn[] | undefined>>>()

  constructor(
    private readonly compiled: Compiled,
    private readonly typeSelect: TypeSelect,
  ) {}

  /** Undefined where nobody says what columns it has. */
  columnsOf(read: Read, rendered: RenderedModels): Promise<readonly TypedColumn[] | undefined> {
    const known = this.#known.get(rendered) ?? new Map()
    this.#known.set(rendered, known)
    const key = sqlName(read.relation)
    const found = known.get(key)
    if (found) return found
    // A model that reads itself even in a rebuild has no columns to begin with.
    known.set(key, Promise.resolve(undefined))
    const columns = this.#find(read, rendered).then(found => found?.map(inDatabase))
    known.set(key, columns)
    return columns
  }

  async #find(read: Read, rendered: RenderedModels): Promise<readonly TypedColumn[] | undefined> {
    if (read.table) return this.#ofTable(read.table, rendered)
    const [source = '', name = ''] = (read.source ?? '').split('.')
    const declared = typedSourceColumns(this.compiled.project, source, name)
    if (declared.length > 0) return declared
    const seed = [...this.#catalog.tables.values()].find(
      table => table.seed && sqlName(table.relation) === sqlName(read.relation),
    )
    return seed && this.#ofTable(seed, rendered)
  }

  get #catalog(): Catalog {
    return this.compiled.graph.catalog
  }

  async #ofTable(table: Table, rendered: RenderedModels): Promise<readonly TypedColumn[] | undefined> {
    const kept = keptColumns[table.name]
    if (table.kind === 'private') return kept
    if (table.seed) {
      const types = this.compiled.input.seedTypes(table.name)
      return seedColumns(table, types, readSeed(table.seed, table, types))
    }
    if (table.kind === 'replaced') return this.#replaced(table)
    const declared = typedColumns(table)
    if (!table.model) return declared
    const extra = extraColumns(table, rendered)
    if (table.module && declared.length > 0 && extra.length === 0) return declared
    const selected = await this.#ofSelect(table, rendered)
    if (!table.module || declared.length === 0) return selected
    return [...declared, ...(selected ?? []).filter(({ name }) => extra.includes(name))]
  }

  /** The keys of the rows that a run replaces, and what the module keeps of them besides. */
  #replaced({ model }: Table): readonly TypedColumn[] {
    const table = this.#catalog.tables.get(model?.name ?? '')
    if (!table) return []
    const { time_key: time, replaced_columns: more = [] } = table.config
    const names = [...replaceKeys(table), ...(time === undefined ? [] : [time]), ...more]
    return typedColumns(table).filter(({ name }) => names.includes(name))
  }

  /** A fault of that model is for check to tell. */
  async #ofSelect(table: Table, rendered: RenderedModels): Promise<readonly TypedColumn[] | undefined> {
    try {
      return await this.#select(table, rendered)
    } catch (cause) {
      if (!(cause instanceof Faults)) throw cause
      return undefined
    }
  }

  async #select(table: Table, rendered: RenderedModels): Promise<readonly TypedColumn[] | undefined> {
    const model = rendered(table)
    if (!model) return undefined
    const variant = { ...model, sql: model.rebuildSql }
    const reads = readsOf(this.compiled, variant, rendered, new Set())
    const tables: { read: Read; columns: readonly TypedColumn[] }[] = []
    for (const read of reads.now.values()) {
      const columns = await this.columnsOf(read, rendered)
      if (!columns) return undefined
      tables.push({ read, columns })
    }
    const { graph, input } = this.compiled
    const project = { ...graph, catalog: reads.catalog }
    const context = { ...input, dialect: postgresDialect, project, reach: { kind: 'new' } as const }
    return this.typeSelect(selectOf(context, variant), tables)
  }
}

/** Columns that a staged table has beside the declared ones, under the variables of the test. */
function extraColumns(table: Table, rendered: RenderedModels): readonly string[] {
  const declared = new Set(table.columns.map(({ name }) => name))
  const { extra_columns: names } = rendered(table)?.config ?? {}
  return (names ?? []).filter(name => !declared.has(name))
}

/** A name that is declared stands in SQL without quotes: the database makes it small. One that a select gave is so already. */
const inDatabase = (column: TypedColumn): TypedColumn =>
  /^[A-Za-z_][A-Za-z0-9_$]*$/.test(column.name) ? { ...column, name: column.name.toLowerCase() } : column

const keptColumns: Readonly<Record<string, readonly TypedColumn[]>> = {
  [metadataTable]: metadataColumns,
  [inheritedTable]: inheritedColumns,
}
