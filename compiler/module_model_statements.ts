// The models of a module: what their own step prepares, and what the module's commit does for each in its one
// transaction. Whatever a model prepares stands in scratch tables; nothing that others read changes before the commit.

import { noLayout } from '../adapters/dialect.js'
import { batchOf, stagedOf, suffixes, type Table } from './catalog.js'
import { noteWritten } from './input_notes.js'
import { groupKey, inDays, relationsRead, selectOf } from './model_sql.js'
import { type Relation, sqlName } from './relation.js'
import { scanLimit } from './scan_limits.js'
import type { Batch, Statement } from './statement.js'
import { inOrder } from './statement.js'
import {
  addColumns,
  beside,
  columnNames,
  createWhereMissing,
  dropTable,
  isThere,
  layoutBeside,
  layoutOf,
  type ModelTable,
  makeView,
  recreate,
  replaceKeys,
  type StatementContext,
  sameKeys,
  statement,
  writtenColumns,
} from './table_statements.js'

/** The step of a module's own model. */
export function moduleModelBatches(context: StatementContext, table: ModelTable): readonly Batch[] {
  if (table.kind === 'scratch') {
    return [
      recreate(
        context,
        table.relation,
        selectOf({ ...context, planned: true }, table.model),
        'scratch',
        `build ${table.name}`,
        { counts: true },
        layoutOf(table),
      ),
    ]
  }
  if (table.kind === 'view') return [scratchView(context, table)]
  if (table.kind === 'incremental') return replacedRows(context, table)
  if (!table.written || table.config.appends) return []
  if (table.config.replaces)
    return table.config.extra_columns?.length ? [addExtraColumns(context, table)] : []
  const rows = beside(context, table, suffixes.rows)
  return [
    recreate(
      context,
      rows,
      selectOf(context, table.model),
      'scratch',
      `collect the rows for ${table.name}`,
      {},
      layoutBeside(table),
    ),
  ]
}

/** The columns that a project adds to a staged table come with the types that the model's select gives them. */
function addExtraColumns(context: StatementContext, table: ModelTable): Batch {
  const { dialect } = context
  const rows = beside(context, table, suffixes.rows)
  return inOrder(
    dropTable(dialect, `drop ${sqlName(rows)} of an earlier run`, rows),
    createWhereMissing(
      context,
      rows,
      selectOf(context, table.model),
      noLayout,
      `the columns of ${table.name} as they are now`,
    ),
    addColumns(context, table, rows),
    dropTable(dialect, `drop ${sqlName(rows)}`, rows),
  )
}

/** Setup has dropped the view of an earlier run, which would hold the tables that it reads. */
const scratchView = (context: StatementContext, table: ModelTable): Batch =>
  inOrder(
    makeView(
      context.dialect,
      `create the view ${table.name}`,
      table.relation,
      selectOf(context, table.model),
    ),
  )

interface Lookback {
  readonly days: number
  readonly onMiss: 'widen' | 'error' | 'ignore'
}

/** The window of a module's production table in which rows to replace are looked for; undefined: all of the table. */
function lookback(context: StatementContext, table: Table): Lookback | undefined {
  const value = (name: string) => context.variables.value(table.module?.name, name)
  const days = table.module?.variables.has('upsert_lookback_days') ? value('upsert_lookback_days') : null
  if (context.reach.kind === 'rebuild' || !table.config.time_key || typeof days !== 'number') return undefined
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
      `find the rows of ${table.name} to replace`,
      {},
      { ...layoutBeside(table), key: replaceKeys(table)[0] },
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
  return recreate(context, limits, select, 'scratch', `how far back ${table.name} is searched`)
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
  if (context.reach.kind === 'rebuild') return from
  const keys = replaceKeys(table)
  const batch = batchRows(context, table)
  const matches =
    keys.length === 1
      ? `t.${keys[0]} in (select b.${keys[0]} from ${batch} as b)`
      : `exists (select 1 from ${batch} as b where ${keys.map(key => `t.${key} = b.${key}`).join(' and ')})`
  if (context.reach.kind === 'backfill' && config.time_key) {
    // A join, since a subquery must not stand beside an `or` everywhere.
    const same = keys.map(key => `b.${key} = t.${key}`).join(' and ')
    return `${from}\nleft join (select distinct ${keys.map(key => `k.${key}`).join(', ')} from ${batch} as k) as b on ${same}
where b.${keys[0]} is not null
    or (${inDays(context, `t.${config.time_key}`)})`
  }
  if (window?.onMiss !== 'ignore') return `${from}\nwhere ${matches}`
  // Of a batch without times nothing says how far back to look.
  const query = `select coalesce(max(l.lower_limit), ${context.dialect.timestamp('0001-01-01')}) from ${sqlName(limits)} as l`
  const limit = scanLimit(context.dialect, `${table.name}_lower_limit`, query)
  return `${from}\nwhere ${matches}\n    and (t.${config.time_key} >= ${limit} or t.${config.time_key} is null)`
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
    sql: `select '${table.name}' as table_name, o.rows_outside, o.earliest, o.batch_start
from (
    select count(*) as rows_outside, min(r.${table.config.time_key}) as earliest, max(l.batch_start) as batch_start
    from ${sqlName(replaced)} as r
    cross join ${sqlName(limits)} as l
    where r.${table.config.time_key} < l.lower_limit
) as o
where o.rows_outside > 0`,
  }
}

/** What the commit of a module does for one of its tables. All in one transaction, so nothing here is DDL. */
export function commitStatements(context: StatementContext, table: ModelTable): readonly Statement[] {
  const inline = table.kind === 'incremental' || table.config.replaces !== undefined
  const rows = inline
    ? selectedRows(context, table)
    : `${sqlName(beside(context, table, suffixes.rows))} as rows_this_run`
  return [
    { purpose: `remove the rows of ${table.name} that are written again`, sql: deletion(context, table) },
    writing(table, rows),
    ...noteWritten(context, table, namedOrPrepared(context, table)),
  ]
}

/** The rows of a manifest that appends, if main has left what it selects from. @param hasCommitted rows where main has committed */
export const appendStatement = (
  context: StatementContext,
  table: ModelTable,
  hasCommitted: string,
): Statement => ({
  ...writing(table, `${selectedRows(context, table)}\nwhere exists (${hasCommitted})`),
  needs: relationsRead(context, table.model).map(relation => isThere(context.dialect, relation)),
})

const selectedRows = (context: StatementContext, { model }: ModelTable): string =>
  `(\n${selectOf({ ...context, planned: true }, model)}\n) as rows_this_run`

function writing(table: ModelTable, rows: string): Statement {
  const names = columnNames(writtenColumns(table))
  return {
    purpose: `write the rows of ${table.name}`,
    sql: `insert into ${sqlName(table.relation)} (${names})\nselect ${names}\nfrom ${rows}`,
    writes: table.name,
  }
}

/** The rows whose groups a commit replaces: those of another model, or those that are written. */
function namedOrPrepared(context: StatementContext, table: ModelTable): Relation {
  const named = table.config.replaces && context.project.catalog.tables.get(table.config.replaces)
  return named ? named.relation : beside(context, table, suffixes.rows)
}

function deletion(context: StatementContext, table: ModelTable): string {
  const { dialect } = context
  if (table.kind === 'incremental') {
    if (context.reach.kind === 'rebuild') return `delete from ${sqlName(table.relation)}`
    const time = table.config.time_key
    const sameTime = (t: string, u: string): string =>
      time ? ` and (${t}.${time} = ${u}.${time} or (${t}.${time} is null and ${u}.${time} is null))` : ''
    const replaced = beside(context, table, '_replaced')
    return dialect.deleteUsing(
      table.relation,
      replaced,
      (t, u) => sameKeys(table, t, u) + sameTime(t, u) + notBefore(context, table, replaced, t),
    )
  }
  const rows = namedOrPrepared(context, table)
  return dialect.deleteUsing(
    table.relation,
    rows,
    (t, u) => sameKeys(table, t, u) + sinceEarliest(context, table, rows, t),
  )
}

/** Where the time is part of the key, nothing before the earliest row can match: history is left alone. */
function sinceEarliest(context: StatementContext, table: Table, rows: Relation, t: string): string {
  const time = table.config.time_key
  if (!time || !table.config.unique_key?.includes(time)) return ''
  return `\n    and ${t}.${time} >= ${earliest(context, table, time, rows)}`
}

/** The rows to replace are known with their times, so that what lies before them need not be looked at. */
function notBefore(context: StatementContext, table: Table, replaced: Relation, t: string): string {
  const time = table.config.time_key
  if (!time) return ''
  return `\n    and (${t}.${time} >= ${earliest(context, table, time, replaced)} or ${t}.${time} is null)`
}

const earliest = (context: StatementContext, table: Table, time: string, rows: Relation): string =>
  scanLimit(context.dialect, `${table.name}_earliest`, `select min(r.${time}) from ${sqlName(rows)} as r`)

/**
 * Notes the groups of the batch that are left without rows, for the module that reads the staged table. By `except`, since
 * a planner that knows nothing of rows that were just written might compare each group with each of them.
 */
export function removedStatements(context: StatementContext, removed: Table): readonly Statement[] {
  const { dialect } = context
  const { catalog } = context.project
  const staged = stagedOf(catalog, removed)
  const batch = batchOf(catalog, staged)
  const group = groupKey(staged)
  return [
    statement(
      `forget what was noted of these groups`,
      dialect.deleteUsing(removed.relation, batch.relation, (t, u) => `${t}.${group} = ${u}.${group}`),
    ),
    statement(
      `note the groups that are left without rows in ${staged.name}`,
      `insert into ${sqlName(removed.relation)} (${group})
select b.${group}
from ${sqlName(batch.relation)} as b
where b.${group} is not null

except

select s.${group}
from ${sqlName(staged.relation)} as s`,
    ),
  ]
}
