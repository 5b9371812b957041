// What main has read of its staged inputs, noted before any model reads, and what complete therefore removes. A row that is
// written after the note, even with equal values, has another version and stays, and its whole group with it.

import type { Layout } from '../adapters/dialect.js'
import { isStaged, suffixes, type Table } from './catalog.js'
import { groupKey, readTable } from './model_sql.js'
import { type Relation, sqlName } from './relation.js'
import { type Batch, inOrder, type Statement } from './statement.js'
import {
  beside,
  dropTable,
  makeTable,
  makeTableAs,
  type StatementContext,
  statement,
  statistics,
  typedColumns,
} from './table_statements.js'

export const noteRelation = (context: StatementContext, input: Table): Relation =>
  beside(context, input, suffixes.read)

export const noteColumns = [
  { name: 'group_key', type: 'varchar(4096)' },
  { name: 'row_version', type: 'varchar(4096)' },
]

const noteLayout: Layout = { lookups: [], key: 'group_key' }

/**
 * Whether what fills the staged table notes each group that it writes, in a table beside it: where rows have no versions of
 * their own. Rows that somebody else writes are then told apart by what they hold.
 */
const isNotedWhenWritten = ({ dialect }: StatementContext, table: Table): boolean =>
  !dialect.versionsRows && isStaged(table) && table.model !== undefined

const writtenRelation = (context: StatementContext, staged: Table): Relation =>
  beside(context, staged, suffixes.written)

/** The tables of a module, or of its inputs, that note what was written. */
export const writtenRelations = (context: StatementContext, tables: readonly Table[]): readonly Relation[] =>
  tables.filter(table => isNotedWhenWritten(context, table)).map(table => writtenRelation(context, table))

export const createWritten = (context: StatementContext, tables: readonly Table[]): readonly Statement[] =>
  tables
    .filter(table => isNotedWhenWritten(context, table))
    .map(table =>
      makeTable(context.dialect, `the note of what was written to ${table.name}`, {
        relation: writtenRelation(context, table),
        columns: [
          { name: 'group_key', type: 'varchar(4096)' },
          { name: 'version', type: 'varchar(64)' },
        ],
        storage: 'durable',
        layout: noteLayout,
      }),
    )

/** Gives the groups that a commit has written a version that none had before. */
export function noteWritten(context: StatementContext, table: Table, batch: Relation): readonly Statement[] {
  if (!isNotedWhenWritten(context, table)) return []
  const written = writtenRelation(context, table)
  const group = groupKey(table)
  return [
    statement(
      `forget the versions of what is written to ${table.name}`,
      context.dialect.deleteUsing(written, batch, (t, u) => `${t}.group_key = ${u}.${group}`),
    ),
    statement(
      `a version of its own for each group written to ${table.name}`,
      `insert into ${sqlName(written)} (group_key, version)
select b.group_key, cast(random() as varchar(64))
from (
    select distinct ${group} as group_key
    from ${sqlName(batch)}
    where ${group} is not null
) as b`,
    ),
  ]
}

/** Notes what is there to be read. A rebuild reads the production table instead, and notes nothing. */
export function noteInput(context: StatementContext, input: Table): Batch {
  const { dialect } = context
  const relation = noteRelation(context, input)
  const select = isNotedWhenWritten(context, input) ? notedGroups(context, input) : notedRows(context, input)
  return inOrder(
    // A planner that takes it for empty would compare each of its rows with each of another table; what models filter by and
    // how wide their rows are, it learns from all columns.
    statistics(context, input.relation),
    dropTable(dialect, `drop ${sqlName(relation)} of an earlier run`, relation),
    makeTableAs(
      dialect,
      `note which rows of ${input.name} are there to be read`,
      relation,
      select,
      'scratch',
      noteLayout,
    ),
    statistics(context, relation, 'scratch'),
  )
}

const nothing = (context: StatementContext, input: Table): string =>
  readTable(context, input) === input ? '' : '\nwhere 1 = 0'

/** Each version of a group once: the rows that a commit has written share theirs, so a group is mostly one row. */
const notedRows = (context: StatementContext, input: Table): string => `select distinct
    s.${groupKey(input)} as group_key,
    ${context.dialect.rowVersion('s', typedColumns(input))} as row_version
from ${sqlName(input.relation)} as s${nothing(context, input)}`

const notedGroups = (context: StatementContext, input: Table): string => `select
    s.${groupKey(input)} as group_key,
    max(coalesce(w.version, 'none')) as row_version
from ${sqlName(input.relation)} as s
left join ${sqlName(writtenRelation(context, input))} as w on w.group_key = s.${groupKey(input)}${nothing(context, input)}
group by s.${groupKey(input)}`

/**
 * Removes the groups of which every row was noted. Runs in a transaction.
 * @param thisRun the one row of main's part of the run, which its commit has written last
 */
export function removeRead(context: StatementContext, input: Table, thisRun: Relation): readonly Statement[] {
  const key = groupKey(input)
  const table = sqlName(input.relation)
  const grouped = isNotedWhenWritten(context, input)
  const read = grouped ? unwrittenGroups(context, input) : unwrittenRows(context, input)
  return [
    ...emptyRead(context, input, thisRun),
    {
      purpose: `remove the rows of ${input.name} that main has read`,
      sql: `delete from ${table}\nwhere ${key} in (\n${read}\n)`,
    },
    statement(
      `remove the rows of ${input.name} that belong to nothing`,
      `delete from ${table}\nwhere ${key} is null\n    and exists (select 1 from ${sqlName(thisRun)} where committed)`,
    ),
    ...(grouped ? forgetRemoved(context, input) : []),
  ]
}

/**
 * Where main has read all of a table: empties it at once. Whoever read with a snapshot from before main's commit would miss
 * the rows both there and where main has put them, a dump of the whole database say; so nobody may.
 */
function emptyRead(context: StatementContext, input: Table, thisRun: Relation): readonly Statement[] {
  const { dialect } = context
  if (!dialect.emptying) return []
  const table = sqlName(input.relation)
  return [
    {
      purpose: `empty ${input.name} at once, if main has read all of it and nobody else reads`,
      onlyIf: [
        `select exists (select 1 from ${table})`,
        dialect.emptying.seenByAll(thisRun),
        `select not exists (
    select 1
    from ${table} as s
    left join ${sqlName(noteRelation(context, input))} as r
        on r.group_key = s.${groupKey(input)} and r.row_version = ${dialect.rowVersion('s', typedColumns(input))}
    where r.row_version is null
)`,
      ],
      sql: dialect.emptying.empty(input.relation),
    },
  ]
}

const unwrittenRows = (context: StatementContext, input: Table): string => {
  const key = groupKey(input)
  return `    select s.${key}
    from ${sqlName(input.relation)} as s
    left join ${sqlName(noteRelation(context, input))} as r
        on r.group_key = s.${key} and r.row_version = ${context.dialect.rowVersion('s', typedColumns(input))}
    group by s.${key}
    having count(*) = count(r.row_version)`
}

const unwrittenGroups = (context: StatementContext, input: Table): string => `    select r.group_key
    from ${sqlName(noteRelation(context, input))} as r
    left join ${sqlName(writtenRelation(context, input))} as w on w.group_key = r.group_key
    where coalesce(w.version, 'none') = r.row_version`

/** Of what is gone, neither the version nor the note may meet a group that is written later. */
function forgetRemoved(context: StatementContext, input: Table): readonly Statement[] {
  const note = sqlName(noteRelation(context, input))
  const gone = `    select r.group_key
    from ${note} as r
    left join ${sqlName(input.relation)} as s on s.${groupKey(input)} = r.group_key
    where s.${groupKey(input)} is null`
  return [
    statement(
      `forget the versions of what was removed from ${input.name}`,
      `delete from ${sqlName(writtenRelation(context, input))}\nwhere group_key in (\n${gone}\n)`,
    ),
    statement(`forget what main has read of ${input.name}`, `delete from ${note}`),
  ]
}
