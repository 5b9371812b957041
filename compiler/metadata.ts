// The metadata of a run: its id, which all modules of a run share, and one row per run and module.

import type { Dialect } from '../adapters/dialect.js'
import { type Catalog, metadataTable, openRunTable, runIdTable } from './catalog.js'
import type { TypedColumn } from './model_config.js'
import type { Module } from './module.js'
import { type Relation, sqlName } from './relation.js'
import { type Batch, inOrder, type Statement } from './statement.js'
import { type StatementContext, statement } from './table_statements.js'

const column = (name: string, type: string): TypedColumn => ({ name, type })

/** A public contract; the order and types are those of the tables that people have. */
const metadataColumns: readonly TypedColumn[] = [
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
export const thisRunColumns: readonly TypedColumn[] = [
  column('run_id', 'timestamp'),
  column('run_start_tstamp', 'timestamp'),
  column('committed', 'boolean'),
]

export const runIdRelation = (catalog: Catalog): Relation =>
  catalog.privateRelation('scratch_schema', runIdTable)
const metadataRelation = (catalog: Catalog): Relation =>
  catalog.privateRelation('output_schema', metadataTable)
const openRunRelation = (catalog: Catalog): Relation =>
  catalog.privateRelation('scratch_schema', openRunTable)

/** One row: the module's part of the run under way, and whether its main step has committed. */
export const thisRunRelation = (catalog: Catalog, module: Module): Relation =>
  catalog.privateRelation('scratch_schema', `${module.name}_metadata_this_run`, module.name)

/**
 * Opens an invocation. The mark that it sets is taken away at its end, however it ends, unless it dies; so a mark
 * found here tells that the run whose id still stands died, and a new run begins.
 */
export function openRun(dialect: Dialect, catalog: Catalog): Batch {
  const open = openRunRelation(catalog)
  const [create = ''] = dialect.createTable({
    relation: open,
    columns: openRunColumns,
    storage: 'durable',
    lookups: [],
  })
  return inOrder(
    statement('the scratch schema', dialect.createSchema(open.schema)),
    statement('the mark of a run under way', create),
    {
      purpose: 'forget the id of a run that died',
      onlyIf: [`select exists (select 1 from ${sqlName(open)})`],
      sql: dialect.dropTable(runIdRelation(catalog)),
    },
    statement(
      'mark this run as under way',
      `insert into ${sqlName(open)} (opened_tstamp)\nselect ${dialect.now}\nwhere not exists (select 1 from ${sqlName(open)})`,
    ),
  )
}

export function closeRun(dialect: Dialect, catalog: Catalog): Batch {
  return inOrder(
    statement('take the mark of a run under way away', dialect.dropTable(openRunRelation(catalog))),
  )
}

/** The tables of the metadata, the run id, and the row that says when this module began. */
export function beginModule(context: StatementContext, module: Module): readonly Statement[] {
  const { dialect } = context
  const { catalog } = context.project
  const runId = runIdRelation(catalog)
  const thisRun = thisRunRelation(catalog, module)
  const create = (relation: Relation, columns: readonly TypedColumn[]): string =>
    dialect.createTable({ relation, columns, storage: 'durable', lookups: [] })[0] ?? ''
  return [
    statement('the metadata table', create(metadataRelation(catalog), metadataColumns)),
    statement('the run id table', create(runId, runIdColumns)),
    statement(
      'the id of this run, unless it has one',
      `insert into ${sqlName(runId)} (run_id)\nselect ${dialect.now}\nwhere not exists (select 1 from ${sqlName(runId)})`,
    ),
    statement(`drop ${sqlName(thisRun)} of an earlier run`, dialect.dropTable(thisRun)),
    statement(`when ${module.name} began`, create(thisRun, thisRunColumns)),
    statement(
      `note that ${module.name} has begun`,
      `insert into ${sqlName(thisRun)} (run_id, run_start_tstamp, committed)\nselect max(run_id), ${dialect.now}, false\nfrom ${sqlName(runId)}`,
    ),
  ]
}

/** The module's metadata row, replaced when the module is repeated within a run, and the note that it has committed. */
export function commitMetadata(
  context: StatementContext,
  module: Module,
  version: { name: string; version: string },
): readonly Statement[] {
  const { dialect } = context
  const { catalog } = context.project
  const thisRun = sqlName(thisRunRelation(catalog, module))
  const counted = module.definition.metadata
  const rows = counted && catalog.tables.get(counted.rows)
  const committed = statement(
    `note that ${module.name} has committed`,
    `update ${thisRun}\nset committed = true`,
  )
  if (!counted || !rows) return [committed]
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
    r.rows_this_run, ${dialect.literal(key)}, r.distinct_key_count, ${dialect.literal(time)}, r.min_time_key, r.max_time_key, 0, 0
from ${thisRun} as m
cross join (
    select count(*) as rows_this_run, count(distinct ${key}) as distinct_key_count,
        min(${time}) as min_time_key, max(${time}) as max_time_key
    from ${sqlName(rows.relation)}
) as r`,
    ),
    committed,
  ]
}

/** What destroying a module takes out of the metadata; the tables go with the last module that has a row in them. */
export function destroyMetadata(dialect: Dialect, catalog: Catalog, module: Module): readonly Statement[] {
  const metadata = metadataRelation(catalog)
  const exists = dialect.tableExists(metadata)
  const empty = `select not exists (select 1 from ${sqlName(metadata)})`
  return [
    {
      purpose: `remove the metadata of ${module.name}`,
      onlyIf: [exists],
      sql: `delete from ${sqlName(metadata)}\nwhere module = ${dialect.literal(module.name)}`,
    },
    {
      purpose: 'drop the run id with the last module',
      onlyIf: [exists, empty],
      sql: dialect.dropTable(runIdRelation(catalog)),
    },
    {
      purpose: 'drop the metadata with the last module',
      onlyIf: [exists, empty],
      sql: dialect.dropTable(metadata),
    },
  ]
}
