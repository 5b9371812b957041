// Rows of text in, insert statements out: how the Postgres drivers append rows to a table. The rows travel as
// one JSON parameter per chunk, which keeps NULL apart from '' and needs no quoting; the casts to the table's
// own types make the types' input functions do the parsing.

import { type Relation, sqlName } from '../../compiler/relation.js'
import type { QueryResult } from '../driver.js'
import { checkValues, type Rows } from '../seed_values.js'

type Execute = (sql: string, parameters: readonly (string | null)[]) => Promise<QueryResult>

const maxChunkRows = 5000
const maxChunkCharacters = 4_000_000

/**
 * Appends `rows` to `table` in chunks and returns their number. Atomic only inside a transaction.
 * @throws Faults `bad-seed-value` before anything is sent, and what `execute` throws
 */
export async function loadRows(
  execute: Execute,
  table: Relation,
  columns: readonly string[],
  rows: Rows,
): Promise<number> {
  checkValues(table, columns, rows)
  if (rows.length === 0 || columns.length === 0) return 0
  const sql = insertStatement(table, columns, await columnTypes(execute, table))
  let loaded = 0
  for (const chunk of chunks(rows)) {
    loaded += (await execute(sql, [chunk])).rowCount
  }
  return loaded
}

/** Types by folded column name, without length: a cast to varchar(3) would cut in silence, the assignment fails. */
async function columnTypes(execute: Execute, table: Relation): Promise<ReadonlyMap<string, string>> {
  const { rows } = await execute(
    `select a.attname, format_type(a.atttypid, -1)
from pg_catalog.pg_attribute as a
where a.attrelid = $1::pg_catalog.regclass and a.attnum > 0 and not a.attisdropped`,
    [sqlName(table)],
  )
  return new Map(rows.map(([name, type]) => [String(name), String(type)]))
}

function insertStatement(
  table: Relation,
  columns: readonly string[],
  types: ReadonlyMap<string, string>,
): string {
  // Keys by position: JSON keys keep their case, unquoted columns do not. A column that the table lacks is left
  // to the insert's own error.
  const values = columns.map((column, i) => `r.c${i}::${types.get(column.toLowerCase()) ?? 'text'}`)
  const record = columns.map((_, i) => `c${i} text`)
  return `insert into ${sqlName(table)} (${columns.join(', ')})
select ${values.join(', ')}
from json_to_recordset($1::json) as r (${record.join(', ')})`
}

function* chunks(rows: Rows): Generator<string> {
  let objects: string[] = []
  let size = 0
  for (const row of rows) {
    const object = JSON.stringify(Object.fromEntries(row.map((value, i) => [`c${i}`, value])))
    if (objects.length === maxChunkRows || (size > 0 && size + object.length > maxChunkCharacters)) {
      yield `[${objects.join(',')}]`
      objects = []
      size = 0
    }
    objects.push(object)
    size += object.length
  }
  yield `[${objects.join(',')}]`
}
