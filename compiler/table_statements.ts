// The small pieces that statements of tables are put together from: names of private tables, keys, and tables that are
// dropped and built again.

import type { Storage } from '../adapters/dialect.js'
import type { Table } from './catalog.js'
import type { TypedColumn } from './model_config.js'
import { hookOf, type PlanContext } from './model_sql.js'
import type { ParsedModel } from './parse.js'
import { type Relation, sqlName } from './relation.js'
import { type Batch, inOrder, type Statement } from './statement.js'
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

/** Columns whose rows are replaced together. */
export const replaceKeys = (table: Table): readonly string[] =>
  table.config.replace_by ? [table.config.replace_by] : (table.config.unique_key ?? [])

export const columnNames = (columns: readonly { readonly name: string }[]): string =>
  columns.map(column => column.name).join(', ')

/** That a row of t and a row of u have the same keys. */
export const sameKeys = (table: Table): string =>
  replaceKeys(table)
    .map(key => `t.${key} = u.${key}`)
    .join(' and ')

export function typedColumns(table: Table): readonly TypedColumn[] {
  return table.columns.filter((column): column is TypedColumn => column.type !== undefined)
}

/** Tells the planner about a table that was just filled, where the warehouse wants to be told. */
export function statistics(context: StatementContext, relation: Relation): Statement | undefined {
  const sql = context.dialect.analyze(relation)
  return sql === undefined ? undefined : statement(`statistics of ${sqlName(relation)}`, sql)
}

/** Drops and builds a table that nothing outside of this run reads. */
export function recreate(
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
  return inOrder(
    statement(`drop ${sqlName(relation)} of an earlier run`, dialect.dropTable(relation)),
    { purpose, sql: create ?? '', ...count },
    ...indexes.map(sql => statement(`index ${sqlName(relation)}`, sql)),
    statistics(context, relation),
  )
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

/** The hooks of a model, before or after what its step writes. */
export const hooks = (
  context: StatementContext,
  { model, config }: ModelTable,
  when: 'pre_hook' | 'post_hook',
): Batch =>
  inOrder(
    ...(config[when] ?? []).map(hook => statement(`${when} of ${model.name}`, hookOf(context, model, hook))),
  )
