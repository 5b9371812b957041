// What `seshat debug` asks a warehouse: which server it is and what a session may do. Pure, as all of a dialect: names in,
// SQL out.

import type { Relation } from '../compiler/relation.js'

/** Something that a session may do or not, and what an administrator grants where it may not. */
export interface Permission {
  /** Run in order; the permission is there when none of them is refused and none answers false. */
  readonly statements: readonly string[]
  /** Takes away what the statements have made; run in any case. */
  readonly undo: readonly string[]
  /** As a grant has it: `usage on schema atomic`. */
  readonly privilege: string
}

export interface Access {
  /** A query for one row: the server in words, the database or NULL, and whom a grant names to mean this session. */
  readonly session: string
  /** @param trial a name that nothing else has, for warehouses where a permission can only be tried out */
  createSchemas(database: string, trial: string): Permission
  /** Tables and views in a schema that exists. */
  createTables(schema: string, trial: string): Permission
  /** To see what is in a schema that exists. */
  useSchema(schema: string): Permission
  /** A query for the names of a table's columns, in small letters, a row each. */
  columns(relation: Relation): string
}
