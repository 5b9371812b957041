// The contract of an adapter's SQL: what differs between warehouses in statements. Pure: values in, SQL out.
// Differences inside expressions are macros (macros/), dispatched by `dispatch`.

import type { TypedColumn } from '../compiler/model_config.js'
import type { Relation } from '../compiler/relation.js'

/** `scratch` is recomputed each run and may be lost in a crash of the server; `durable` may not. */
export type Storage = 'durable' | 'scratch'

export interface TableDefinition {
  readonly relation: Relation
  readonly columns: readonly TypedColumn[]
  readonly storage: Storage
  /** Columns that rows are looked up by: keys and the time column. */
  readonly lookups: readonly string[]
}

export interface Dialect {
  readonly name: string
  /** Prefixes of macro variants, first match wins: ['redshift', 'default']. Never implicit. */
  readonly dispatch: readonly string[]

  /** A text as a literal of this warehouse. */
  literal(text: string): string
  /** The time now, UTC, without time zone. */
  readonly now: string
  addDays(expression: string, days: number): string

  createSchema(schema: string): string
  /** Creates the table where it is missing, with what makes its lookups fast. */
  createTable(table: TableDefinition): readonly string[]
  /** Creates a table that must not exist from a select; `lookups` as in TableDefinition. */
  createTableAs(
    relation: Relation,
    select: string,
    storage: Storage,
    lookups: readonly string[],
  ): readonly string[]
  /** Creates an empty table with the columns of a select, where it is missing. */
  createEmptyTableAs(relation: Relation, select: string, lookups: readonly string[]): readonly string[]
  createView(relation: Relation, select: string): string
  dropTable(relation: Relation): string
  dropView(relation: Relation): string
  renameTable(relation: Relation, name: string): string
  addColumnsOf(relation: Relation, from: Relation): string
  grant(privilege: string, relation: Relation, roles: readonly string[]): string
  /** Tells the planner about a table that was just filled; undefined where the warehouse does so by itself. */
  analyze(relation: Relation): string | undefined

  /** Deletes the rows of `from` for which a row of `using` meets `condition`; the aliases are t and u. */
  deleteUsing(from: Relation, using: Relation, condition: string): string
  /** Keeps others from writing to a table until the transaction ends. */
  lockTable(relation: Relation): string | undefined
  /** An expression that changes whenever the row of `alias` is written again, even with equal values. */
  rowVersion(alias: string): string

  /** A query that gives one row, one boolean: whether the table exists. */
  tableExists(relation: Relation): string
  /**
   * A query for the first way in which the columns of `rows` do not fit those of `table`: no row where they fit, else
   * one row (what is wrong in words). Names and order must be the same; with `mayAppend`, `rows` may have more at its end.
   */
  columnsMisfit(table: Relation, rows: Relation, mayAppend: boolean): string
}
