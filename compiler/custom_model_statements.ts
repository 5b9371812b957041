// The models of a project's own: tables that are refilled in place, so that views and grants on them stay, or built
// aside and swapped in by a rebuild; and views.

import { suffixes, type Table } from './catalog.js'
import { selectOf } from './model_sql.js'
import { type Relation, sqlName } from './relation.js'
import { allOrNothing, type Batch, inOrder, type Statement } from './statement.js'
import {
  beside,
  lookups,
  type ModelTable,
  recreate,
  replaceKeys,
  type StatementContext,
  sameKeys,
  statement,
} from './table_statements.js'

/** The step of a custom model: it prepares its rows and writes them in a transaction of its own. */
export function customModelBatches(context: StatementContext, table: ModelTable): readonly Batch[] {
  const { dialect } = context
  const schemas = table.kind === 'view' ? [] : [beside(context, table, suffixes.rows).schema]
  const schema = inOrder(
    ...[...new Set([table.relation.schema, ...schemas])].map(name =>
      statement(`the schema ${name}`, dialect.createSchema(name)),
    ),
  )
  if (table.kind === 'view') {
    const reset = context.fullRefresh
      ? statement(`drop ${table.name}`, dialect.dropView(table.relation))
      : undefined
    const create = statement(
      `create ${table.name}`,
      dialect.createView(table.relation, selectOf(context, table.model)),
    )
    return [schema, context.fullRefresh ? allOrNothing(reset, create) : inOrder(create)]
  }
  return [schema, ...(context.fullRefresh ? rebuiltTable(context, table) : updatedTable(context, table))]
}

/** Replaces the rows that this run computed again, or all rows of a `table`; whoever reads it sees before or after. */
function updatedTable(context: StatementContext, table: ModelTable): readonly Batch[] {
  const { dialect } = context
  const rows = beside(context, table, suffixes.rows)
  const rebuild = selectOf(
    { ...context, fullRefresh: false },
    { ...table.model, sql: table.model.rebuildSql },
  )
  const append = table.config.on_schema_change === 'append_new_columns'
  const [create, ...indexes] = dialect.createEmptyTableAs(table.relation, rebuild, lookups(table))
  const scope =
    table.kind === 'table' ? `delete from ${sqlName(table.relation)}` : customDeletion(context, table, rows)
  return [
    inOrder(
      statement(`create ${table.name} where it is missing`, create ?? ''),
      ...indexes.map(sql => statement(`index ${table.name}`, sql)),
    ),
    recreate(
      context,
      rows,
      selectOf(context, table.model),
      'scratch',
      table.kind === 'table' ? [] : replaceKeys(table),
      `compute the rows of ${table.name}`,
    ),
    inOrder(
      {
        purpose: `whether the columns of ${table.name} are still the same`,
        check: 'schema-changed',
        sql: dialect.columnsMisfit(table.relation, rows, append),
      },
      append
        ? statement(`add the new columns to ${table.name}`, dialect.addColumnsOf(table.relation, rows))
        : undefined,
      ...nullKeyCheck(table, rows),
    ),
    allOrNothing(statement(`remove the rows of ${table.name} that are written again`, scope), {
      purpose: `write the rows of ${table.name}`,
      sql: `insert into ${sqlName(table.relation)}\nselect *\nfrom ${sqlName(rows)}`,
      writes: table.name,
    }),
    inOrder(statement(`drop ${sqlName(rows)}`, dialect.dropTable(rows))),
  ]
}

function customDeletion(context: StatementContext, table: ModelTable, rows: Relation): string {
  const named = table.config.replaces && context.project.catalog.tables.get(table.config.replaces)
  return context.dialect.deleteUsing(table.relation, named ? named.relation : rows, sameKeys(table))
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
      sql: `select '${table.name}' as table_name, '${replaceKeys(table).join(', ')}' as key_columns, count(*) as rows_without_key\nfrom ${sqlName(rows)} as r\nwhere ${isNull}\nhaving count(*) > 0`,
    },
  ]
}

/** Builds the table aside and swaps it in; the project's own views over it are made again in the same transaction. */
function rebuiltTable(context: StatementContext, table: ModelTable): readonly Batch[] {
  const { dialect } = context
  const fresh = { schema: table.relation.schema, name: beside(context, table, suffixes.rows).name }
  const views = viewsOver(context, table)
  const [, ...indexes] = dialect.createEmptyTableAs(table.relation, '', lookups(table))
  return [
    recreate(
      context,
      fresh,
      selectOf(context, table.model),
      'durable',
      [],
      `build ${table.name} anew, aside`,
      { writes: table.name },
    ),
    allOrNothing(
      ...[...views]
        .reverse()
        .map(view => statement(`drop the view ${view.name} over it`, dialect.dropView(view.relation))),
      statement(`drop the old ${table.name}`, dialect.dropTable(table.relation)),
      statement(`put the new ${table.name} in its place`, dialect.renameTable(fresh, table.relation.name)),
      ...views.map(view =>
        statement(
          `make the view ${view.name} again`,
          dialect.createView(view.relation, selectOf(context, view.model)),
        ),
      ),
    ),
    inOrder(...indexes.map(sql => statement(`index ${table.name}`, sql))),
  ]
}

/** The project's views that read `table`, directly or through other views, each behind those that it reads. */
function viewsOver(context: StatementContext, table: Table): readonly ModelTable[] {
  const { catalog, order } = context.project
  const found = new Set([table.name])
  return order.flatMap(id => {
    const view = catalog.tables.get(id)
    if (view?.kind !== 'view' || !view.model?.refs.some(ref => found.has(ref.name))) return []
    found.add(id)
    return [{ ...view, model: view.model }]
  })
}
