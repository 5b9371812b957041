// The metadata of a run: its id, which all modules of a run share, and one row per run and module.

import { type Dialect, noLayout } from '../adapters/dialect.js'
import {
  type Catalog,
  inheritedTable,
  metadataTable,
  openRunTable,
  runIdTable,
  type Table,
} from './catalog.js'
import type { TypedColumn } from './model_config.js'
import { selectOf } from './model_sql.js'
import type { Module } from './module.js'
import { type Relation, sqlName } from './relation.js'
import { type Batch, inOrder, type Statement } from './statement.js'
import { dropTable, isThere, makeTable, type StatementContext, statement } from './table_statements.js'

const column = (name: string, type: string): TypedColumn => ({ name, type })

/** A public contract; the order and types are those of the tables that people have. */
export const metadataColumns: readonly TypedColumn[] = [
  column('run_id', 'timestamp'),
  column('model_version', 'varchar(64)'),
  column('model', 'varchar(64)'),
  column('module', 'varchar(64)'),
  column('run_start_tstamp', 'timestamp'),
  column('run_end_tstamp', 'timestamp'),
  column('rows_this_run', 'int'),
  column('distinct_key', 'varchar(64)'),
  column('distinct_key_count', 'int'),
  column('time_key', 'varchar(64)'),
  column('min_time_key', 'timestamp'),
  column('max_time_key', 'timestamp'),
  column('duplicate_rows_removed', 'int'),
  column('distinct_keys_removed', 'int'),
]
const runIdColumns: readonly TypedColumn[] = [column('run_id', 'timestamp')]
const openRunColumns: readonly TypedColumn[] = [column('opened_tstamp', 'timestamp')]
export const inheritedColumns: readonly TypedColumn[] = [
  column('table_name', 'varchar(255)'),
  column('newest_tstamp', 'timestamp'),
  column('noted_tstamp', 'timestamp'),
]
export const thisRunColumns: readonly TypedColumn[] = [
  column('run_id', 'timestamp'),
  column('run_start_tstamp', 'timestamp'),
  column('committed', 'boolean'),
]

export const runIdRelation = (catalog: Catalog): Relation =>
  catalog.privateRelation('scratch_schema', runIdTable)
export const metadataRelation = (catalog: Catalog): Relation =>
  catalog.privateRelation('output_schema', metadataTable)
export const inheritedRelation = (catalog: Catalog): Relation =>
  catalog.privateRelation('output_schema', inheritedTable)
const openRunRelation = (catalog: Catalog): Relation =>
  catalog.privateRelation('scratch_schema', openRunTable)

/** The private tables that belong to no module. */
export const privateRelations = (catalog: Catalog): readonly Relation[] => [
  runIdRelation(catalog),
  openRunRelation(catalog),
  metadataRelation(catalog),
  inheritedRelation(catalog),
]

export const metadataColumnNames = metadataColumns.map(({ name }) => name).join(', ')

const create = (
  dialect: Dialect,
  purpose: string,
  relation: Relation,
  columns: readonly TypedColumn[],
): Statement => makeTable(dialect, purpose, { relation, columns, storage: 'durable', layout: noLayout })

/** Creates the tables that outlast a run and belong to no module, where they are missing. */
export function createMetadata({ dialect, project }: StatementContext): readonly Statement[] {
  return [
    create(dialect, 'the metadata of all runs', metadataRelation(project.catalog), metadataColumns),
    create(
      dialect,
      'the note of rows that another system wrote',
      inheritedRelation(project.catalog),
      inheritedColumns,
    ),
  ]
}

/** One row: the module's part of the run under way, and whether its main step has committed. */
export const thisRunRelation = (catalog: Catalog, module: Module): Relation =>
  catalog.privateRelation('scratch_schema', `${module.name}_metadata_this_run`, module.name)

/**
 * Opens an invocation. The mark that it sets is taken away at its end, however it ends, unless it dies; so a mark
 * found here tells that the run whose id still stands died, and a new run begins.
 * @param begins whether a module begins in it, so that it needs an id and the tables of the metadata
 */
export function openRun(context: StatementContext, begins: boolean): Batch {
  const { dialect } = context
  const { catalog } = context.project
  const open = openRunRelation(catalog)
  return inOrder(
    {
      ...dropTable(dialect, 'forget the id of a run that died', runIdRelation(catalog)),
      needs: [isThere(dialect, open)],
      onlyIf: [`select exists (select 1 from ${sqlName(open)})`],
    },
    create(dialect, 'the mark of a run under way', open, openRunColumns),
    statement(
      'mark this run as under way',
      `insert into ${sqlName(open)} (opened_tstamp)\nselect ${dialect.now}\nwhere not exists (select 1 from ${sqlName(open)})`,
    ),
    ...(begins ? [...createMetadata(context), ...beginRun(context)] : []),
  )
}

/** The id of a run, which all its modules share. */
export function beginRun({ dialect, project }: StatementContext): readonly Statement[] {
  const runId = runIdRelation(project.catalog)
  return [
    create(dialect, 'the run id table', runId, runIdColumns),
    statement(
      'the id of this run, unless it has one',
      `insert into ${sqlName(runId)} (run_id)\nselect ${dialect.now}\nwhere not exists (select 1 from ${sqlName(runId)})`,
    ),
  ]
}

export function closeRun(dialect: Dialect, catalog: Catalog): Batch {
  return inOrder(dropTable(dialect, 'take the mark of a run under way away', openRunRelation(catalog)))
}

/** The row that says when this module began its part of the run. */
export function beginModule(
  context: StatementContext,
  module: Module,
): readonly [forget: Statement, ...begin: Statement[]] {
  const { dialect } = context
  const { catalog } = context.project
  const runId = runIdRelation(catalog)
  const thisRun = thisRunRelation(catalog, module)
  return [
    dropTable(dialect, `drop ${sqlName(thisRun)} of an earlier run`, thisRun),
    create(dialect, `when ${module.name} began`, thisRun, thisRunColumns),
    statement(
      `note that ${module.name} has begun`,
      `insert into ${sqlName(thisRun)} (run_id, run_start_tstamp, committed)\nselect max(run_id), ${dialect.now}, false\nfrom ${sqlName(runId)}`,
    ),
  ]
}

/** The module's metadata row, replaced when the module is repeated within a run. */
export function writeMetadata(
  context: StatementContext,
  module: Module,
  version: { name: string; version: string },
): readonly Statement[] {
  const { dialect } = context
  const { catalog } = context.project
  const thisRun = sqlName(thisRunRelation(catalog, module))
  const counted = module.definition.metadata
  const rows = counted && catalog.tables.get(counted.rows)
  const duplicates = counted?.duplicates === undefined ? undefined : catalog.tables.get(counted.duplicates)
  if (!counted || !rows) return []
  const table = sqlName(metadataRelation(catalog))
  const names = metadataColumns.map(entry => entry.name).join(', ')
  const { distinct_key: key, time_key: time } = counted
  return [
    statement(
      `remove the metadata of ${module.name} for this run`,
      `delete from ${table}\nwhere run_id in (select run_id from ${thisRun}) and module = ${dialect.literal(module.name)}`,
    ),
    statement(
      `write the metadata of ${module.name}`,
      `insert into ${table} (${names})
select m.run_id, ${dialect.literal(version.version)}, ${dialect.literal(version.name)}, ${dialect.literal(module.name)}, m.run_start_tstamp, ${dialect.now},
    r.rows_this_run, ${dialect.literal(key)}, r.distinct_key_count, ${dialect.literal(time)}, r.min_time_key, r.max_time_key,
    ${duplicates ? 'd.rows_removed, d.keys_removed' : '0, 0'}
from ${thisRun} as m
cross join (
${countRows(context, rows, key, time)}
) as r${duplicates ? removedDuplicates(duplicates) : ''}`,
    ),
  ]
}

/** That what a module has read stands where it lasts, so that its complete step may note it and take it away. */
export const noteCommitted = ({ project }: StatementContext, module: Module): Statement =>
  statement(
    `note that ${module.name} has committed`,
    `update ${sqlName(thisRunRelation(project.catalog, module))}\nset committed = true`,
  )

/** That a complete step has done its work, so that it does nothing should it run once more. */
export const noteCompleted = ({ project }: StatementContext, module: Module): Statement =>
  statement(
    `note that ${module.name} is complete`,
    `update ${sqlName(thisRunRelation(project.catalog, module))}\nset committed = false`,
  )

/** A select that is made to be counted and has each key once, as its `unique_key` says, need not be grouped by it. */
function countRows(context: StatementContext, rows: Table, key: string, time: string): string {
  if (!rows.model || rows.kind !== 'ephemeral') return countGrouped(sqlName(rows.relation), key, time)
  const counted = `(\n${selectOf(context, rows.model)}\n) as counted`
  if (rows.config.unique_key?.join() !== key) return countGrouped(counted, key, time)
  return `    select cast(count(*) as integer) as rows_this_run, count(${key}) as distinct_key_count,
        min(${time}) as min_time_key, max(${time}) as max_time_key
    from ${counted}`
}

const countGrouped = (counted: string, key: string, time: string): string =>
  `    select cast(coalesce(sum(k.key_rows), 0) as integer) as rows_this_run, count(k.${key}) as distinct_key_count,
        min(k.min_time) as min_time_key, max(k.max_time) as max_time_key
    from (
        select ${key}, count(*) as key_rows, min(${time}) as min_time, max(${time}) as max_time
        from ${counted}
        group by ${key}
    ) as k`

/** Of a key that came more than once some copies may have been kept; a key of which none was is removed itself. */
const removedDuplicates = (duplicates: Table): string => `
cross join (
    select cast(coalesce(sum(copies - kept), 0) as integer) as rows_removed,
        cast(coalesce(sum(case when kept = 0 then 1 else 0 end), 0) as integer) as keys_removed
    from ${sqlName(duplicates.relation)}
) as d`

/** Whether it may hold rows that another system wrote, and tells their times. */
export const hasInherited = ({ kind, config }: Table): boolean =>
  kind === 'incremental' && config.time_key !== undefined

/**
 * Notes, when a module first runs, up to which time its production tables hold rows already: those are another system's,
 * and laws that they break only warn.
 */
export function noteInherited(context: StatementContext, tables: readonly Table[]): readonly Statement[] {
  const { dialect } = context
  const inherited = sqlName(inheritedRelation(context.project.catalog))
  return tables.filter(hasInherited).map(table => {
    const name = dialect.literal(table.name)
    return statement(
      `note the rows of ${table.name} that are there already`,
      `insert into ${inherited} (table_name, newest_tstamp, noted_tstamp)
select t.table_name, t.newest_tstamp, ${dialect.now}
from (
    select cast(${name} as varchar(255)) as table_name, max(${table.config.time_key}) as newest_tstamp
    from ${sqlName(table.relation)}
) as t
where not exists (select 1 from ${inherited} as i where i.table_name = ${name})`,
    )
  })
}

/** After a rebuild no row of these tables is another system's. */
export function forgetInherited(context: StatementContext, tables: readonly Table[]): readonly Statement[] {
  const names = tables.filter(hasInherited).map(table => context.dialect.literal(table.name))
  if (names.length === 0) return []
  return [
    statement(
      'all rows are our own from here on',
      `update ${sqlName(inheritedRelation(context.project.catalog))}\nset newest_tstamp = null\nwhere table_name in (${names.join(', ')})`,
    ),
  ]
}

/** What destroying a module takes out of the metadata; the tables go with the last module that has a row in them. */
export function destroyMetadata(
  dialect: Dialect,
  catalog: Catalog,
  module: Module,
  tables: readonly Table[],
): readonly Statement[] {
  const metadata = metadataRelation(catalog)
  const inherited = inheritedRelation(catalog)
  const names = tables.map(table => dialect.literal(table.name)).join(', ')
  const exists = isThere(dialect, metadata)
  const empty = `select not exists (select 1 from ${sqlName(metadata)})`
  return [
    {
      purpose: `remove the metadata of ${module.name}`,
      needs: [exists],
      sql: `delete from ${sqlName(metadata)}\nwhere module = ${dialect.literal(module.name)}`,
    },
    ...(names === ''
      ? []
      : [
          {
            purpose: `forget which rows of ${module.name} were there before`,
            needs: [isThere(dialect, inherited)],
            sql: `delete from ${sqlName(inherited)}\nwhere table_name in (${names})`,
          },
        ]),
    {
      ...dropTable(dialect, 'drop that note with the last module', inherited),
      needs: [isThere(dialect, inherited)],
      onlyIf: [`select not exists (select 1 from ${sqlName(inherited)})`],
    },
    {
      ...dropTable(dialect, 'drop the run id with the last module', runIdRelation(catalog)),
      needs: [exists],
      onlyIf: [empty],
    },
    {
      ...dropTable(dialect, 'drop the metadata with the last module', metadata),
      needs: [exists],
      onlyIf: [empty],
    },
  ]
}
