// The public tables of the standard model in a test database: away with what an earlier test has left, and all their rows
// against those that the oracle says.

import { PAGE_VIEWS, SESSIONS, USERS } from './oracle/columns.js'
import { assertSameRows } from './oracle/compare.js'
import type { WebTables } from './oracle/web_model.js'
import type { TestDatabase } from './support.js'

const tables = [
  [PAGE_VIEWS, 'pageViews'],
  [SESSIONS, 'sessions'],
  [USERS, 'users'],
] as const

/** Drops the schemas that a run writes to. */
export async function dropSchemas(database: TestDatabase): Promise<void> {
  for (const schema of ['scratch', 'derived']) await database.query(`drop schema if exists ${schema} cascade`)
}

/** @param context what a failure is told with, such as the seed */
export async function assertWebTables(
  database: TestDatabase,
  expected: WebTables,
  context: string,
): Promise<void> {
  for (const [table, key] of tables) {
    const rows = await database.rows(`select * from derived.${table.name}`)
    assertSameRows(expected[key], rows, table, context)
  }
}
