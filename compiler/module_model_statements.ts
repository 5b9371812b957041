// The models of a module: what their own step prepares, and what the module's commit does for each in its one
// transaction. Whatever a model prepares stands in scratch tables; nothing that others read changes before the commit.

import { suffixes, type Table } from './catalog.js'
import { selectOf } from './model_sql.js'
import { type Relation, sqlName } from './relation.js'
import type { Batch, Statement } from './statement.js'
import { inOrder } from './statement.js'
import {
  beside,
  columnNames,
  lookups,
  type ModelTable,
  recreate,
  replaceKeys,
  type StatementContext,
  sameKeys,
} from './table_statements.js'

/** The step of a module's own model. */
export function moduleModelBatches(context: StatementContext, table: ModelTable): readonly Batch[] {
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
  const keys = replaceKeys(table)
  const batch = batchRows(context, table)
  const matches =
    keys.length === 1
      ? `t.${keys[0]} in (select b.${keys[0]} from ${batch} as b)`
      : `exists (select 1 from ${batch} as b where ${keys.map(key => `t.${key} = b.${key}`).join(' and ')})`
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
