// The contract of an adapter's SQL: what differs between warehouses in statements. Pure: values in, SQL out.
// Differences inside expressions are macros (macros/), dispatched by `dispatch`.

import type { TypedColumn } from '../compiler/model_config.js'
import type { Relation } from '../compiler/relation.js'
import type { Access } from './access.js'
import type { Measured, QueryResult } from './driver.js'

/** `scratch` is recomputed each run and may be lost in a crash of the server; `durable` may not. */
export type Storage = 'durable' | 'scratch'

/** What a table is read by; each warehouse makes of it what keeps its reads short: indexes, keys, clusters. */
export interface Layout {
  /** Columns that single rows are looked up by. */
  readonly lookups: readonly string[]
  /** The column that it is joined by. */
  readonly key?: string | undefined
  /** The column whose ranges are read. */
  readonly time?: string | undefined
  /** Further columns whose values plans turn on. */
  readonly statistics?: readonly string[] | undefined
  /** Whether its rows stay, so that it grows with every run. */
  readonly grows?: boolean
}

export const noLayout: Layout = { lookups: [] }

export interface TableDefinition {
  readonly relation: Relation
  readonly columns: readonly TypedColumn[]
  readonly storage: Storage
  readonly layout: Layout
}

/** Emptying a table at once, which a reader notices whose snapshot is older. */
interface Emptying {
  /**
   * A query that gives one row, one boolean: whether whoever reads in this database sees what the transaction has written
   * that wrote the one row of `last`.
   */
  seenByAll(last: Relation): string
  /** Empties the table; does nothing, and waits for nobody, where somebody reads it or it must not be emptied so. */
  empty(relation: Relation): string
}

export interface Index {
  readonly relation: Relation
  readonly sql: string
}

export interface Dialect {
  readonly name: string
  /** Prefixes of macro variants, first match wins: ['redshift', 'default']. Never implicit. */
  readonly dispatch: readonly string[]
  /** Whether a create, drop or rename commits the open transaction. */
  readonly ddlCommits: boolean
  /**
   * Whether `rowVersion` tells a row from one that was written later with equal values. Where it does not, the module that
   * writes a staged table notes what it has written in a table beside it.
   */
  readonly versionsRows: boolean

  /**
   * Where a scan leaves out what lies beyond a constant, but not what lies beyond the value of a subquery: how a session keeps
   * the time that a query gives (NULL becomes one beyond all times), and how a statement reads it.
   */
  readonly sessionVariables?: { set(name: string, query: string): string; read(name: string): string }

  /**
   * Where a planner has to know such a time to see how many rows lie within it: the same, for statements that are planned anew
   * in each run. Views keep their subqueries.
   */
  readonly plannedLimits?: Dialect['sessionVariables']

  /** Whether a backslash in a literal escapes what follows it. */
  readonly backslashEscapes: boolean
  /** A text as a literal of this warehouse. */
  literal(text: string): string
  /** A time, `2024-01-31` or `2024-01-31 09:15:00`, as a timestamp without time zone. */
  timestamp(text: string): string
  /** The time now, UTC, without time zone. */
  readonly now: string
  addDays(expression: string, days: number): string

  createSchema(schema: string): string
  /** A query that gives one row, one boolean: whether the schema exists. */
  schemaExists(schema: string): string
  /** Creates the table where it is missing. */
  createTable(table: TableDefinition): string
  /** Creates a table that must not exist from a select. */
  createTableAs(relation: Relation, select: string, storage: Storage, layout: Layout): string
  /** Makes lookups fast, where tables have indexes: each where it is missing. */
  indexes(relation: Relation, columns: readonly string[]): readonly Index[]
  /** Gives those that a table got under its old name the names that `indexes` would give them now. */
  renameIndexes(relation: Relation, old: Relation, columns: readonly string[]): readonly string[]
  createView(relation: Relation, select: string): string
  dropTable(relation: Relation): string
  /** Drops those of many tables that are there, where one statement can. */
  dropTables?(relations: readonly Relation[]): string
  dropView(relation: Relation): string
  /** Puts a table that was built aside, in the same schema, in the place of another, if there is one. */
  replaceTable(relation: Relation, fresh: Relation): readonly string[]
  /** A query for the statements, a row each, that give `relation` the columns which only `from` has. */
  columnsToAdd(relation: Relation, from: Relation): string
  grant(privilege: string, relation: Relation, roles: readonly string[]): readonly string[]
  /**
   * Tells the planner about a table that was just filled; undefined where the warehouse does so by itself.
   * @param columns those that plans turn on; none: all
   */
  analyze(relation: Relation, storage: Storage, columns: readonly string[]): string | undefined
  /** A query of one boolean, whether it should be told again; without it the warehouse sees for itself that nothing has changed. */
  hasGrown?(relation: Relation): string

  /** Deletes the rows of `from` for which a row of `using` meets a condition on their two names. */
  deleteUsing(from: Relation, using: Relation, condition: (from: string, using: string) => string): string
  /** Keeps others from writing to a table until the transaction ends. */
  lockTable(relation: Relation): string | undefined
  /** Where to delete all rows of a table costs as much as to write them. */
  readonly emptying?: Emptying
  /** A text that differs between rows that differ, or were written at different times: see `versionsRows`. */
  rowVersion(alias: string, columns: readonly TypedColumn[]): string

  /** A query that gives one row, one boolean: whether the table exists. */
  tableExists(relation: Relation): string
  /** The same, whether it is there as a table and not as a view. */
  isPlainTable(relation: Relation): string
  /**
   * A query for those of these names that are there, a row each, in small letters: schemas, and tables or indexes with their
   * schema. It may give others too, and need not give views.
   */
  thoseThere(names: readonly string[]): string
  /**
   * A query for the first way in which the columns of `rows` do not fit those of `table`: no row where they fit, else
   * one row (what is wrong in words). Names and order must be the same; with `mayAppend`, `rows` may have more at its end.
   */
  columnsMisfit(table: Relation, rows: Relation, mayAppend: boolean): string

  /** Where a statement can be run so that the server tells what it went through. */
  readonly measuring?: {
    /** Undefined for a statement of which it cannot. */
    sql(statement: string): string | undefined
    read(result: QueryResult): Measured
  }

  /** Questions about the session and what it may do. */
  readonly access: Access
}
