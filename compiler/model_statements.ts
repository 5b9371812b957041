// What the materialization of a model adds to its select: the statements that prepare its rows and, for the tables of
// a module, those that its commit adds to the one transaction.

import type { Storage } from '../adapters/dialect.js'
import { suffixes, type Table } from './catalog.js'
import type { Column, TypedColumn } from './model_config.js'
import { type PlanContext, selectOf } from './model_sql.js'
import type { ParsedModel } from './parse.js'
import { type Relation, sqlName } from './relation.js'
import { allOrNothing, type Batch, inOrder, type Statement } from './statement.js'
import type { Variables } from './variables.js'

export interface StatementContext extends PlanContext {
  readonly variables: Variables
}

/** A table of the catalog that a model makes. */
export type ModelTable = Table & { readonly model: ParsedModel }

export const statement = (purpose: string, sql: string): Statement => ({ purpose, sql })

/** A private table beside a model's, always in the scratch schema. */
export function beside(context: PlanContext, table: Table, suffix: string): Relation {
  return context.project.catalog.privateRelation('scratch_schema', table.name + suffix, table.module?.name)
}

/** Columns that rows are looked up by. */
export const lookups = (table: Table): readonly string[] =>
  [...new Set([...(table.config.unique_key ?? []), table.config.replace_by, table.config.time_key])].filter(
    column => column !== undefined,
  )

const replaceKeys = (table: Table): readonly string[] =>
  table.config.replace_by ? [table.config.replace_by] : (table.config.unique_key ?? [])

const columnNames = (columns: readonly Column[]): string => columns.map(column => column.name).join(', ')

/** The statements of a model's own step. */
export function modelBatches(context: StatementContext, table: ModelTable): readonly Batch[] {
  if (table.kind === 'ephemeral') return []
  const make = table.module ? moduleModel(context, table) : customModel(context, table)
  const hooks = (list: readonly string[] | undefined, purpose: string): Batch =>
    inOrder(...(list ?? []).map(sql => statement(purpose, sql)))
  return [
    hooks(table.config.pre_hook, 'pre_hook'),
    ...make,
    ...(table.module ? [] : [grants(context, table)]),
    hooks(table.config.post_hook, 'post_hook'),
  ].filter(batch => batch.statements.length > 0)
}

export function grants(context: StatementContext, table: Table): Batch {
  const entries = Object.entries(table.config.grants ?? {})
  return inOrder(
    ...entries.map(([privilege, roles]) =>
      statement(
        `grant ${privilege} on ${table.name}`,
        context.dialect.grant(privilege, table.relation, roles),
      ),
    ),
  )
}

function moduleModel(context: StatementContext, table: ModelTable): readonly Batch[] {
  if (table.kind === 'scratch') {
    return [
      recreate(
        context,
        table.relation,
        selectOf(context, table.model),
        'scratch',
        lookups(table),
        `build ${table.name}`,
        { counts: true },
      ),
    ]
  }
  if (table.kind === 'incremental') return replacedRows(context, table)
  if (!table.written || table.config.replaces) return []
  const rows = beside(context, table, suffixes.rows)
  return [
    recreate(
      context,
      rows,
      selectOf(context, table.model),
      'scratch',
      replaceKeys(table),
      `collect the rows for ${table.name}`,
    ),
  ]
}

/** Drops and builds a table that nothing outside of this run reads. */
function recreate(
  context: StatementContext,
  relation: Relation,
  select: string,
  storage: Storage,
  keys: readonly string[],
  purpose: string,
  count: Pick<Statement, 'counts' | 'writes'> = {},
): Batch {
  const { dialect } = context
  const [create, ...indexes] = dialect.createTableAs(relation, select, storage, keys)
  const analyze = dialect.analyze(relation)
  return inOrder(
    statement(`drop ${sqlName(relation)} of an earlier run`, dialect.dropTable(relation)),
    { purpose, sql: create ?? '', ...count },
    ...indexes.map(sql => statement(`index ${sqlName(relation)}`, sql)),
    analyze === undefined ? undefined : statement(`statistics of ${sqlName(relation)}`, analyze),
  )
}

interface Lookback {
  readonly days: number
  readonly onMiss: 'widen' | 'error' | 'ignore'
}

/** The window of a module's production table in which rows to replace are looked for; undefined: all of the table. */
function lookback(context: StatementContext, table: Table): Lookback | undefined {
  const value = (name: string) => context.variables.value(table.module?.name, name)
  const days = table.module?.variables.has('upsert_lookback_days') ? value('upsert_lookback_days') : null
  if (context.fullRefresh || !table.config.time_key || typeof days !== 'number') return undefined
  return { days, onMiss: value('on_lookback_miss') as Lookback['onMiss'] }
}

/**
 * Finds the production rows that this run replaces, before anything is deleted. One probe of the key finds those
 * outside the lookback window too; `ignore` looks only inside it. Source: SEMANTICS "sessions", Commit.
 */
function replacedRows(context: StatementContext, table: ModelTable): readonly Batch[] {
  const replaced = beside(context, table, '_replaced')
  const window = lookback(context, table)
  const limits = beside(context, table, suffixes.limits)
  const batches: Batch[] = []
  if (window && table.written) batches.push(limitsTable(context, table, window, limits))
  const select = replacedSelect(context, table, window, limits)
  batches.push(
    recreate(
      context,
      replaced,
      select,
      'scratch',
      replaceKeys(table),
      `find the rows of ${table.name} to replace`,
    ),
  )
  if (window && table.written && window.onMiss !== 'ignore')
    batches.push(inOrder(lookbackCheck(table, window, replaced, limits)))
  return batches
}

function limitsTable(
  context: StatementContext,
  table: ModelTable,
  window: Lookback,
  limits: Relation,
): Batch {
  const time = `min(${table.config.time_key})`
  const select = `select
    ${time} as batch_start,
    ${context.dialect.addDays(time, -window.days)} as lower_limit
from (
${selectOf(context, table.model)}
) as rows_this_run`
  return recreate(context, limits, select, 'scratch', [], `how far back ${table.name} is searched`)
}

function replacedSelect(
  context: StatementContext,
  table: ModelTable,
  window: Lookback | undefined,
  limits: Relation,
): string {
  const { config } = table
  const columns = [
    ...new Set([...replaceKeys(table), config.time_key, ...(config.replaced_columns ?? [])]),
  ].filter(column => column !== undefined)
  const list = (alias: string): string => columns.map(column => `    ${alias}.${column}`).join(',\n')
  if (!table.written)
    return `select\n${list('b')}\nfrom (\n${selectOf(context, table.model)}\n) as b\nwhere 1 = 0`
  const from = `select\n${list('t')}\nfrom ${sqlName(table.relation)} as t`
  if (context.fullRefresh) return from
  const matches = replaceKeys(table)
    .map(key => `t.${key} in (select b.${key} from ${batchRows(context, table)} as b)`)
    .join('\n    and ')
  if (window?.onMiss !== 'ignore') return `${from}\nwhere ${matches}`
  const limit = `(select l.lower_limit from ${sqlName(limits)} as l)`
  return `${from}\nwhere ${matches}\n    and (t.${config.time_key} >= ${limit} or t.${config.time_key} is null or ${limit} is null)`
}

/** The rows whose keys name what is replaced. */
function batchRows(context: StatementContext, table: ModelTable): string {
  const named = table.config.replaces && context.project.catalog.tables.get(table.config.replaces)
  return named ? sqlName(named.relation) : `(\n${selectOf(context, table.model)}\n)`
}

function lookbackCheck(table: ModelTable, window: Lookback, replaced: Relation, limits: Relation): Statement {
  return {
    purpose: `rows of ${table.name} to replace that stand outside the lookback window`,
    check: window.onMiss === 'error' ? 'lookback-miss' : 'lookback-miss-warning',
    sql: `select '${table.name}' as table_name, count(*) as rows_outside, min(r.${table.config.time_key}) as earliest,
    max(l.batch_start) as batch_start
from ${sqlName(replaced)} as r
cross join ${sqlName(limits)} as l
where r.${table.config.time_key} < l.lower_limit
having count(*) > 0`,
  }
}

/** What the commit of a module does for one of its tables. All in one transaction, so nothing here is DDL. */
export function commitStatements(context: StatementContext, table: ModelTable): readonly Statement[] {
  const names = columnNames(table.columns)
  const inline = table.kind === 'incremental' || table.config.replaces !== undefined
  const rows = inline
    ? `(\n${selectOf(context, table.model)}\n) as rows_this_run`
    : `${sqlName(beside(context, table, suffixes.rows))} as rows_this_run`
  return [
    { purpose: `remove the rows of ${table.name} that are written again`, sql: deletion(context, table) },
    {
      purpose: `write the rows of ${table.name}`,
      sql: `insert into ${sqlName(table.relation)} (${names})\nselect ${names}\nfrom ${rows}`,
      writes: table.name,
    },
  ]
}

function deletion(context: StatementContext, table: ModelTable): string {
  const { dialect } = context
  if (table.kind === 'incremental') {
    if (context.fullRefresh) return `delete from ${sqlName(table.relation)}`
    const time = table.config.time_key
    const sameTime = time ? ` and (t.${time} = u.${time} or (t.${time} is null and u.${time} is null))` : ''
    return dialect.deleteUsing(
      table.relation,
      beside(context, table, '_replaced'),
      sameKeys(table) + sameTime,
    )
  }
  const named = table.config.replaces && context.project.catalog.tables.get(table.config.replaces)
  return dialect.deleteUsing(
    table.relation,
    named ? named.relation : beside(context, table, suffixes.rows),
    sameKeys(table),
  )
}

const sameKeys = (table: Table): string =>
  replaceKeys(table)
    .map(key => `t.${key} = u.${key}`)
    .join(' and ')

function customModel(context: StatementContext, table: ModelTable): readonly Batch[] {
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

export function typedColumns(table: Table): readonly TypedColumn[] {
  return table.columns.filter((column): column is TypedColumn => column.type !== undefined)
}
