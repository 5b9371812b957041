// The small pieces that statements of tables are put together from: names of private tables, keys, and tables that are
// dropped and built again.

import {
  type Dialect,
  type Layout,
  noLayout,
  type Storage,
  type TableDefinition,
} from '../adapters/dialect.js'
import type { Table } from './catalog.js'
import type { TypedColumn } from './model_config.js'
import { hookOf, type PlanContext } from './model_sql.js'
import type { ParsedModel } from './parse.js'
import { type Relation, sqlName } from './relation.js'
import { type Batch, inOrder, type Need, type Statement } from './statement.js'
import type { Variables } from './variables.js'

export interface StatementContext extends PlanContext {
  readonly variables: Variables
}

/** A table of the catalog that a model makes. */
export type ModelTable = Table & { readonly model: ParsedModel }

export const statement = (purpose: string, sql: string): Statement => ({ purpose, sql })

export const createSchema = ({ dialect }: Pick<PlanContext, 'dialect'>, schema: string): Statement => ({
  purpose: `the schema ${schema}`,
  // Even where it is there, creating it would need the privilege to create schemas.
  needs: [{ name: schema, there: false, ask: `select not (${dialect.schemaExists(schema)})` }],
  makes: [schema],
  sql: dialect.createSchema(schema),
})

/** Does nothing where the table is there; so does the statement itself. */
export const makeTable = (dialect: Dialect, purpose: string, table: TableDefinition): Statement => ({
  purpose,
  needs: [{ name: sqlName(table.relation), there: false }],
  makes: [sqlName(table.relation)],
  sql: dialect.createTable(table),
})

/** Does nothing where the table is missing; so does the statement itself. */
export const dropTable = (dialect: Dialect, purpose: string, relation: Relation): Statement => ({
  purpose,
  needs: [{ name: sqlName(relation), there: true }],
  drops: [sqlName(relation)],
  sql: dialect.dropTable(relation),
})

/** Those that nothing outside of a run reads, in one statement where the warehouse has it. */
export function dropTables(
  dialect: Dialect,
  purpose: string,
  relations: readonly Relation[],
): readonly Statement[] {
  const [name, ...or] = relations.map(sqlName)
  if (name === undefined || or.length === 0 || !dialect.dropTables)
    return relations.map(relation => dropTable(dialect, `drop ${sqlName(relation)}`, relation))
  const sql = dialect.dropTables(relations)
  return [{ purpose, needs: [{ name, or, there: true }], drops: [name, ...or], sql }]
}

/** @param select of rows in columns with the names that the table is to have */
export const makeTableAs = (
  dialect: Dialect,
  purpose: string,
  relation: Relation,
  select: string,
  storage: Storage,
  layout: Layout,
): Statement => ({
  purpose,
  makes: [sqlName(relation)],
  sql: dialect.createTableAs(relation, select, storage, layout),
})

/** Without a need: it is to be as its model says. */
export const makeView = (
  dialect: Dialect,
  purpose: string,
  relation: Relation,
  select: string,
): Statement => ({
  purpose,
  makes: [sqlName(relation)],
  sql: dialect.createView(relation, select),
})

/** Of a catalog that does not tell of views, one that an earlier run has left stays until this run makes it again. */
export const dropView = (dialect: Dialect, purpose: string, relation: Relation): Statement => ({
  purpose,
  needs: [{ name: sqlName(relation), there: true }],
  drops: [sqlName(relation)],
  sql: dialect.dropView(relation),
})

/** A view of a module's own that an earlier run has left, or a table of its name that another version has. */
export const dropScratchView = (dialect: Dialect, relation: Relation): readonly Statement[] => [
  {
    ...dropTable(dialect, `drop ${sqlName(relation)} if it is a table`, relation),
    onlyIf: [dialect.isPlainTable(relation)],
  },
  dropView(dialect, `drop ${sqlName(relation)}`, relation),
]

/** Before it is made with other columns, which not every warehouse replaces a view with. */
export const dropChangedView = (dialect: Dialect, purpose: string, relation: Relation): Statement => {
  const { needs: _, ...statement } = dropView(dialect, purpose, relation)
  return statement
}

/** That a table is there, which a statement reads or drops. */
export const isThere = (dialect: Dialect, relation: Relation): Need => ({
  name: sqlName(relation),
  there: true,
  ask: dialect.tableExists(relation),
})

/** That a table is not there yet, where making it again would fail. */
export const isMissing = (dialect: Dialect, relation: Relation): Need => ({
  name: sqlName(relation),
  there: false,
  ask: `select not (${dialect.tableExists(relation)})`,
})

/** A private table beside a model's, always in the scratch schema. */
export function beside(context: PlanContext, table: Table, suffix: string): Relation {
  return context.project.catalog.privateRelation('scratch_schema', table.name + suffix, table.module?.name)
}

/**
 * Columns that rows are looked up by: none of a table that is emptied again and again, which is read whole and would pay for
 * an index with every row; where the time is part of a key only the time.
 */
function lookups({ kind, config }: Table): readonly string[] {
  const { unique_key: key = [], replace_by: group, time_key: time, indexes = [] } = config
  if (kind === 'staged' || kind === 'removed') return []
  if (time && key.includes(time)) return [time, ...indexes]
  return [...new Set([...key, group, time, ...indexes])].filter(column => column !== undefined)
}

/** How a lasting table is read. */
export const layoutOf = (table: Table): Layout => ({
  lookups: lookups(table),
  key: joinKey(table),
  time: table.config.time_key,
  statistics: table.config.statistics,
  grows: table.kind === 'incremental' || table.kind === 'manifest',
})

/** Production is read by its key, what lies on the way there by its groups. */
const joinKey = ({ kind, config }: Table): string | undefined => {
  const key = config.unique_key?.find(column => column !== config.time_key)
  return kind === 'incremental' || kind === 'manifest' ? key : (config.replace_by ?? key)
}

/** Of the rows of one run that stand beside a table: they are joined with it. */
export const layoutBeside = (table: Table): Layout => ({ ...layoutOf(table), lookups: [], grows: false })

/** Creates a table from a select without its rows, where it is missing. */
export function createWhereMissing(
  { dialect }: StatementContext,
  relation: Relation,
  select: string,
  layout: Layout,
  purpose: string,
): Statement {
  const noRows = `select *\nfrom (\n${select}\n) as no_rows\nwhere 1 = 0`
  return {
    ...makeTableAs(dialect, purpose, relation, noRows, 'durable', layout),
    needs: [isMissing(dialect, relation)],
  }
}

export const indexStatements = ({ dialect }: StatementContext, table: Table): readonly Statement[] =>
  dialect.indexes(table.relation, lookups(table)).map(({ relation, sql }) => ({
    purpose: `index ${table.name}`,
    needs: [{ name: sqlName(relation), there: false }],
    makes: [sqlName(relation)],
    sql,
  }))

/** The indexes of a table that another has just taken the place of: they have gone with that one. */
export const newIndexes = (context: StatementContext, table: Table): readonly Statement[] =>
  indexStatements(context, table).map(({ needs: _, ...statement }) => statement)

/** For a table that was built under another name, indexes and all. */
export const renamedIndexes = (
  { dialect }: StatementContext,
  table: Table,
  old: Relation,
): readonly Statement[] =>
  dialect
    .renameIndexes(table.relation, old, lookups(table))
    .map(sql => statement(`an index of ${table.name} as it is called in production`, sql))

/** Gives a table the columns that only another one has. */
export const addColumns = ({ dialect }: StatementContext, table: Table, from: Relation): Statement => ({
  purpose: `add the new columns to ${table.name}`,
  sql: dialect.columnsToAdd(table.relation, from),
  makesStatements: true,
})

/** Columns whose rows are replaced together. */
export const replaceKeys = (table: Table): readonly string[] =>
  table.config.replace_by ? [table.config.replace_by] : (table.config.unique_key ?? [])

/** The columns of a module's table that a run writes: the declared ones and those that the project adds. */
export const writtenColumns = ({ columns, config }: Table): readonly { readonly name: string }[] => {
  const declared = new Set(columns.map(column => column.name))
  const extra = (config.extra_columns ?? []).filter(name => !declared.has(name))
  return [...columns, ...[...new Set(extra)].map(name => ({ name }))]
}

export const columnNames = (columns: readonly { readonly name: string }[]): string =>
  columns.map(column => column.name).join(', ')

/** That rows of two names have the same keys. */
export const sameKeys = (table: Table, t: string, u: string): string =>
  replaceKeys(table)
    .map(key => `${t}.${key} = ${u}.${key}`)
    .join(' and ')

export function typedColumns(table: Table): readonly TypedColumn[] {
  return table.columns.filter((column): column is TypedColumn => column.type !== undefined)
}

/**
 * Tells the planner about a table that was just filled, where the warehouse wants to be told.
 * @param layout the columns that plans turn on; none: all
 */
export function statistics(
  context: StatementContext,
  relation: Relation,
  storage: Storage = 'durable',
  { lookups, key, time, statistics: further = [] }: Layout = noLayout,
): Statement | undefined {
  const columns = [...new Set([key, ...lookups, time, ...further])].filter(column => column !== undefined)
  const sql = context.dialect.analyze(relation, storage, columns)
  return sql === undefined ? undefined : statement(`statistics of ${sqlName(relation)}`, sql)
}

/** The same of a table that stays, once it has grown so much that what the planner knows of it misleads. */
export function statisticsOnceGrown(
  context: StatementContext,
  relation: Relation,
  layout: Layout = noLayout,
): Statement | undefined {
  const known = statistics(context, relation, 'durable', layout)
  const hasGrown = context.dialect.hasGrown?.(relation)
  return known && hasGrown !== undefined ? { ...known, onlyIf: [hasGrown] } : known
}

/**
 * Drops and builds a table that nothing outside of this run reads. It has no index: it is read as a whole, and statistics
 * tell the planner how large it is. Not that it is empty: a planner that knows goes through it for each row of another.
 */
export function recreate(
  context: StatementContext,
  relation: Relation,
  select: string,
  storage: Storage,
  purpose: string,
  count: Pick<Statement, 'counts' | 'writes'> = {},
  layout: Layout = noLayout,
): Batch {
  const { dialect } = context
  const told = statistics(context, relation, storage, layout)
  return inOrder(
    dropTable(dialect, `drop ${sqlName(relation)} of an earlier run`, relation),
    { ...makeTableAs(dialect, purpose, relation, select, storage, layout), ...count },
    told && { ...told, ifRows: true },
  )
}

export function grants(context: StatementContext, table: Table): Batch {
  const entries = Object.entries(table.config.grants ?? {})
  return inOrder(
    ...entries.flatMap(([privilege, roles]) =>
      context.dialect
        .grant(privilege, table.relation, roles)
        .map(sql => statement(`grant ${privilege} on ${table.name}`, sql)),
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
    ...(config[when] ?? []).map(hook => ({
      ...statement(`${when} of ${model.name}`, hookOf(context, model, hook)),
      changesAny: true as const,
    })),
  )
