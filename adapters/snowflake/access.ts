// What Snowflake is asked about a session. What a role may do follows from all roles that it inherits, and no function
// tells: whether it may create something is tried out under a name of its own.

import type { Access } from '../access.js'
import { columnNames } from '../information_schema.js'

export const snowflakeAccess: Access = {
  session: `select 'Snowflake ' || current_version() as server, current_database() as db, 'role ' || current_role() as grantee`,
  createSchemas: (database, trial) => ({
    statements: [`create schema ${trial}`],
    undo: [`drop schema if exists ${trial}`],
    privilege: `create schema on database ${database}`,
  }),
  createTables: (schema, trial) => ({
    // A temporary table would need no privilege.
    statements: [
      `create transient table ${schema}.${trial} (n integer)`,
      `create view ${schema}.${trial}_view as select t.n from ${schema}.${trial} as t`,
    ],
    undo: [`drop view if exists ${schema}.${trial}_view`, `drop table if exists ${schema}.${trial}`],
    privilege: `usage, create table, create view on schema ${schema}`,
  }),
  // A schema that the role may not use is not shown to it.
  useSchema: schema => ({ statements: [], undo: [], privilege: `usage on schema ${schema}` }),
  columns: relation => columnNames(relation, name => name.toUpperCase()),
}
