// The models of a project's own: tables that are refilled in place, so that views and grants on them stay, or built
// aside and swapped in by a rebuild; and views.

import { suffixes, type Table } from './catalog.js'
import { historyFaults, inDays, type PlanContext, relationsRead, selectOf } from './model_sql.js'
import { type Relation, sqlName } from './relation.js'
import { allOrNothing, type Batch, inOrder, type Statement } from './statement.js'
import {
  addColumns,
  beside,
  createWhereMissing,
  dropChangedView,
  dropTable,
  grants,
  indexStatements,
  isMissing,
  isThere,
  layoutBeside,
  layoutOf,
  type ModelTable,
  makeTableAs,
  makeView,
  newIndexes,
  recreate,
  replaceKeys,
  type StatementContext,
  sameKeys,
  statement,
  statistics,
  statisticsOnceGrown,
} from './table_statements.js'

/** The step of a custom model: it prepares its rows and writes them in a transaction of its own. */
export function customModelBatches(context: StatementContext, table: ModelTable): readonly Batch[] {
  const { dialect } = context
  if (table.kind === 'view') {
    const rebuilt = context.reach.kind === 'rebuild'
    const reset = rebuilt ? [dropChangedView(dialect, `drop ${table.name}`, table.relation)] : []
    const create = makeView(dialect, `create ${table.name}`, table.relation, selectOf(context, table.model))
    return [rebuilt ? swapBatch(context, [...reset, create]) : inOrder(create)]
  }
  return context.reach.kind === 'rebuild' ? rebuiltTable(context, table) : updatedTable(context, table)
}

/** Replaces the rows that this run computed again, or all rows of a `table`; whoever reads it sees before or after. */
function updatedTable(context: StatementContext, table: ModelTable): readonly Batch[] {
  const { dialect } = context
  const rows = beside(context, table, suffixes.rows)
  const whole = wholeHistory(context, table)
  const { sql, rebuildSql } = table.model
  const select = selectOf(context, table.model)
  const isSame = !whole && sql === rebuildSql
  const columnsOf = isSame ? select : selectOf(whole ?? context, { ...table.model, sql: rebuildSql })
  const append = table.config.on_schema_change === 'append_new_columns'
  return [
    inOrder(
      createWhereMissing(
        context,
        table.relation,
        columnsOf,
        layoutOf(table),
        `create ${table.name} where it is missing`,
      ),
      ...indexStatements(context, table),
    ),
    newRows(context, table, rows, rowsSelect(context, table, select), whole),
    inOrder(
      {
        purpose: `whether the columns of ${table.name} are still the same`,
        check: 'schema-changed',
        sql: dialect.columnsMisfit(table.relation, rows, append),
      },
      append ? addColumns(context, table, rows) : undefined,
      ...nullKeyCheck(table, rows),
    ),
    allOrNothing(...deletions(context, table, rows, whole !== undefined), {
      purpose: `write the rows of ${table.name}`,
      sql: `insert into ${sqlName(table.relation)}\nselect *\nfrom ${sqlName(rows)}`,
      writes: table.name,
    }),
    inOrder(statisticsOnceGrown(context, table.relation), dropTable(dialect, `drop ${sqlName(rows)}`, rows)),
  ]
}

/**
 * The context in which an incremental model that is new here reads all of the production tables above it, instead of one
 * run's rows; undefined for models that cannot, because nobody keeps what they read.
 */
export function wholeHistory(context: StatementContext, table: ModelTable): PlanContext | undefined {
  if (table.kind !== 'incremental' || context.reach.kind !== 'new') return undefined
  const whole: PlanContext = { ...context, reach: { kind: 'rebuild' }, selected: new Set() }
  const differs =
    relationsRead(context, table.model).map(sqlName).join() !==
    relationsRead(whole, table.model).map(sqlName).join()
  return differs && historyFaults(whole, table.model).length === 0 ? whole : undefined
}

function newRows(
  context: StatementContext,
  table: ModelTable,
  rows: Relation,
  select: string,
  whole: PlanContext | undefined,
): Batch {
  const { dialect } = context
  const purpose = `compute the rows of ${table.name}`
  const layout = layoutBeside(table)
  const usual = recreate(context, rows, select, 'scratch', purpose, {}, layout)
  if (!whole) return usual
  const [drop, create, ...rest] = usual.statements
  const from = `${purpose} from all there is, if it is new here`
  const empty = `select not exists (select 1 from ${sqlName(table.relation)})`
  return inOrder(
    drop,
    {
      ...makeTableAs(dialect, from, rows, selectOf(whole, table.model), 'scratch', layout),
      needs: relationsRead(whole, table.model).map(read => isThere(dialect, read)),
      onlyIf: [empty],
    },
    create && { ...create, needs: [isMissing(dialect, rows)] },
    ...rest,
  )
}

/** In a backfill only rows of its days are written. */
function rowsSelect(context: StatementContext, table: ModelTable, select: string): string {
  const time = table.config.time_key
  if (context.reach.kind !== 'backfill' || table.kind === 'table' || !time) return select
  return `select r.*\nfrom (\n${select}\n) as r\nwhere ${inDays(context, `r.${time}`)}`
}

/** @param mayBeNew the model may have taken its rows from history; then there is no batch, and nothing to remove */
function deletions(
  context: StatementContext,
  table: ModelTable,
  rows: Relation,
  mayBeNew: boolean,
): readonly Statement[] {
  const { dialect } = context
  const name = sqlName(table.relation)
  if (table.kind === 'table') return [statement(`remove the rows of ${table.name}`, `delete from ${name}`)]
  const named = table.config.replaces && context.project.catalog.tables.get(table.config.replaces)
  const backfill = context.reach.kind === 'backfill'
  const batch = named && !backfill ? named.relation : rows
  return [
    {
      purpose: `remove the rows of ${table.name} that are written again`,
      sql: dialect.deleteUsing(table.relation, batch, (t, u) => sameKeys(table, t, u)),
      ...(mayBeNew && named ? { needs: [isThere(dialect, batch)] } : {}),
    },
    ...(backfill && table.config.time_key
      ? [
          statement(
            `remove what else ${table.name} holds of these days`,
            `delete from ${name}\nwhere ${inDays(context, table.config.time_key)}`,
          ),
        ]
      : []),
  ]
}

/** A NULL key equals nothing, so its row would stand once more after every run. */
function nullKeyCheck(table: Table, rows: Relation): readonly Statement[] {
  if (table.kind === 'table') return []
  const isNull = replaceKeys(table)
    .map(key => `r.${key} is null`)
    .join(' or ')
  return [
    {
      purpose: `rows of ${table.name} without a key`,
      check: 'null-key',
      sql: `select '${table.name}' as table_name, '${replaceKeys(table).join(', ')}' as key_columns, k.rows_without_key
from (
    select count(*) as rows_without_key
    from ${sqlName(rows)} as r
    where ${isNull}
) as k
where k.rows_without_key > 0`,
    },
  ]
}

/** Builds the table aside and swaps it in; the project's own views over it are made again in the same transaction. */
function rebuiltTable(context: StatementContext, table: ModelTable): readonly Batch[] {
  const fresh = { schema: table.relation.schema, name: beside(context, table, suffixes.rows).name }
  const views = viewsOver(context, table)
  return [
    recreate(
      context,
      fresh,
      selectOf(context, table.model),
      'durable',
      `build ${table.name} anew, aside`,
      { writes: table.name },
      layoutOf(table),
    ),
    swapBatch(context, swapStatements(context, [{ table, fresh }], views)),
    inOrder(...newIndexes(context, table), statistics(context, table.relation)),
    ...views.map(view => grants(context, view)),
  ]
}

/**
 * Puts tables that were built aside in the place of the old ones, under views that are made again.
 * @param views each behind those that it reads
 */
export function swapStatements(
  context: StatementContext,
  swapped: readonly { readonly table: Table; readonly fresh: Relation }[],
  views: readonly ModelTable[],
): readonly Statement[] {
  const { dialect } = context
  return [
    ...[...views]
      .reverse()
      .map(view => dropChangedView(dialect, `drop the view ${view.name}`, view.relation)),
    ...swapped.flatMap(({ table, fresh }) =>
      dialect.replaceTable(table.relation, fresh).map(sql => ({
        ...statement(`put the new ${table.name} in the place of the old one`, sql),
        makes: [sqlName(table.relation)],
        drops: [sqlName(fresh)],
      })),
    ),
    ...views.map(view =>
      makeView(dialect, `make the view ${view.name}`, view.relation, selectOf(context, view.model)),
    ),
  ]
}

/** All at once, where the warehouse can: where each create commits, one after another. */
const swapBatch = ({ dialect }: StatementContext, statements: readonly Statement[]): Batch =>
  dialect.ddlCommits ? inOrder(...statements) : allOrNothing(...statements)

/** The project's views that read `table`, directly or through other views, each behind those that it reads. */
export function viewsOver(context: StatementContext, table: Table): readonly ModelTable[] {
  const { catalog, order } = context.project
  const found = new Set([table.name])
  return order.flatMap(id => {
    const view = catalog.tables.get(id)
    if (view?.kind !== 'view' || !view.model?.refs.some(ref => found.has(ref.name))) return []
    found.add(id)
    return [{ ...view, model: view.model }]
  })
}
