// The select of a model -> where its columns come from, and their types: made a view for a moment, so that Postgres says what it has read.

import type { MemoryDatabase } from '../../adapters/embedded/driver.js'
import { StatementFault } from '../../adapters/statement_fault.js'
import { type ColumnLineage, columnLineage, type SourceColumn } from '../lineage.js'
import { sqlName } from '../relation.js'
import type { CompiledPlan } from './traces.js'

export class LineageReader {
  /** What a relation is called in the project, by its name in SQL. */
  private readonly names: ReadonlyMap<string, string>

  constructor(
    compiled: CompiledPlan,
    private readonly database: MemoryDatabase,
  ) {
    const { sources, tables } = compiled.graph.catalog
    this.names = new Map([
      ...[...sources].map(([key, relation]) => [sqlName(relation).toLowerCase(), key] as const),
      ...[...tables.values()]
        .filter(({ kind }) => kind !== 'ephemeral' && kind !== 'test')
        .filter(
          table =>
            !table.seed || ![...sources.values()].some(source => sqlName(source) === sqlName(table.relation)),
        )
        .map(table => [sqlName(table.relation).toLowerCase(), table.name] as const),
    ])
  }

  async read(select: string): Promise<readonly ColumnLineage[] | 'unknown'> {
    try {
      await this.database.execute(`create view pg_temp.seshat_lineage as\n${select}`)
    } catch (cause) {
      if (cause instanceof StatementFault) return 'unknown' // such as two columns of one name
      throw cause
    }
    const answer = await this.database.execute(
      `select ev_action::text from pg_rewrite where ev_class = 'pg_temp.seshat_lineage'::regclass`,
    )
    const types = await this.database.execute(
      `select attname::text, format_type(atttypid, atttypmod) from pg_attribute where attrelid = 'pg_temp.seshat_lineage'::regclass and attnum > 0`,
    )
    const typeOf = new Map(types.rows.map(([column, type]) => [String(column), String(type)]))
    await this.database.execute('drop view pg_temp.seshat_lineage')
    const tree = String(answer.rows[0]?.[0])
    const columns = await this.columnsOf(
      new Set([...tree.matchAll(/:relid (\d+)/g)].map(([, id]) => String(id))),
    )
    return columnLineage(tree, (table, column) => columns.get(`${table}.${column}`)).map(entry => {
      const type = typeOf.get(entry.column)
      return type === undefined ? entry : { ...entry, type }
    })
  }

  private async columnsOf(ids: ReadonlySet<string>): Promise<ReadonlyMap<string, SourceColumn>> {
    if (ids.size === 0) return new Map()
    const { rows } =
      await this.database.execute(`select c.oid::text, n.nspname || '.' || c.relname, a.attnum::text, a.attname::text
from pg_class as c
inner join pg_namespace as n on n.oid = c.relnamespace
inner join pg_attribute as a on a.attrelid = c.oid
where a.attnum > 0 and c.oid in (${[...ids].join(', ')})`)
    return new Map(
      rows.flatMap(([id, relation, number, column]) => {
        const table = this.names.get(String(relation))
        return table === undefined ? [] : [[`${id}.${number}`, { table, column: String(column) }] as const]
      }),
    )
  }
}
