// The metadata of a module that finds nothing new: its row of the run, and what of the metadata has to be so that nothing is
// missed when its steps are left out.

import type { Table } from './catalog.js'
import {
  hasInherited,
  inheritedRelation,
  metadataColumns,
  metadataRelation,
  runIdRelation,
} from './metadata.js'
import type { Module } from './module.js'
import { type Relation, sqlName } from './relation.js'
import type { Statement } from './statement.js'
import { type StatementContext, statement } from './table_statements.js'

/** Of no rows there is no time. */
const columnsAtRest = metadataColumns
  .map(({ name }) => name)
  .filter(name => !['min_time_key', 'max_time_key'].includes(name))
  .join(', ')

/**
 * The metadata row; `isSettled` has seen that there is none yet.
 * @param began the table that says when the module began, where it asks later than at its beginning
 */
export function metadataAtRest(
  { dialect, project }: StatementContext,
  { name, definition }: Module,
  version: { name: string; version: string },
  began: Relation | undefined,
): readonly Statement[] {
  const { catalog } = project
  const { metadata: counted } = definition
  if (!counted) return []
  const literals = [version.version, version.name, name].map(text => dialect.literal(text)).join(', ')
  const [from, start] = began ? [began, 'm.run_start_tstamp'] : [runIdRelation(catalog), `${dialect.now}`]
  return [
    statement(
      `write the metadata of ${name}: nothing new`,
      `insert into ${sqlName(metadataRelation(catalog))} (${columnsAtRest})
select m.run_id, ${literals}, ${start}, ${dialect.now},
    0, ${dialect.literal(counted.distinct_key)}, 0, ${dialect.literal(counted.time_key)}, 0, 0
from ${sqlName(from)} as m`,
    ),
  ]
}

/**
 * Conditions under which a module may be left out of a run: it has no metadata row in it that would have to be replaced, and
 * whose the rows of its tables are was noted when it first ran.
 */
export function isSettled(
  { dialect, project }: StatementContext,
  module: Module,
  tables: readonly Table[],
): readonly string[] {
  const { catalog } = project
  const metadata = sqlName(metadataRelation(catalog))
  const inherited = sqlName(inheritedRelation(catalog))
  const runId = sqlName(runIdRelation(catalog))
  return [
    `not exists (select 1 from ${metadata} as m inner join ${runId} as r on r.run_id = m.run_id where m.module = ${dialect.literal(module.name)})`,
    ...tables
      .filter(hasInherited)
      .map(
        ({ name }) =>
          `exists (select 1 from ${inherited} as i where i.table_name = ${dialect.literal(name)})`,
      ),
  ]
}
