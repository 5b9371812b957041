// The select of a model -> where its columns come from, and their types: made a view for a moment, so that Postgres says what it has read.

import type { Driver } from '../../adapters/driver.js'
import { StatementFault } from '../../adapters/statement_fault.js'
import { type ColumnLineage, columnLineage, type SourceColumn } from '../lineage.js'
import { sqlName } from '../relation.js'
import type { CompiledPlan } from './traces.js'

export class LineageReader {
  /** What a relation is called in the project, by its name in SQL. */
  private readonly names: ReadonlyMap<string, string>

  constructor(
    compiled: CompiledPlan,
    private readonly database: Driver,
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
    const { rows } = await this.database.execute(whatItReads)
    await this.database.execute('drop view pg_temp.seshat_lineage')
    const [tree, types, read] = rows[0] ?? []
    const typeOf = new Map(JSON.parse(String(types)) as readonly (readonly [string, string])[])
    const columns = this.columnsOf(JSON.parse(String(read ?? '[]')) as readonly ReadColumn[])
    return columnLineage(String(tree), (table, column) => columns.get(`${table}.${column}`)).map(entry => {
      const type = typeOf.get(entry.column)
      return type === undefined ? entry : { ...entry, type }
    })
  }

  private columnsOf(read: readonly ReadColumn[]): ReadonlyMap<string, SourceColumn> {
    return new Map(
      read.flatMap(([id, relation, number, column]) => {
        const table = this.names.get(relation)
        return table === undefined ? [] : [[`${id}.${number}`, { table, column }] as const]
      }),
    )
  }
}

/** Oid and name of the relation, number and name of the column. */
type ReadColumn = readonly [id: string, relation: string, number: number, column: string]

/** The tree of the view, its columns with their types, and all columns of the relations that it reads. */
const whatItReads = `select
    r.ev_action::text,
    (
        select json_agg(json_build_array(v.attname, format_type(v.atttypid, v.atttypmod)))::text
        from pg_attribute as v
        where v.attrelid = r.ev_class and v.attnum > 0
    ),
    (
        select json_agg(json_build_array(c.oid::text, n.nspname || '.' || c.relname, a.attnum, a.attname))::text
        from pg_class as c
        inner join pg_namespace as n on n.oid = c.relnamespace
        inner join pg_attribute as a on a.attrelid = c.oid
        where a.attnum > 0
            and c.oid in (
                select d.refobjid
                from pg_depend as d
                where d.classid = 'pg_rewrite'::regclass and d.objid = r.oid and d.refclassid = 'pg_class'::regclass
            )
    )
from pg_rewrite as r
where r.ev_class = 'pg_temp.seshat_lineage'::regclass`
