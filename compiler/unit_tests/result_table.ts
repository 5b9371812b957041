// A select -> a temporary table of its rows with the names and types of its columns; of rows that a unit test gives as a
// select the rows themselves, as if they had been written out.

import type { Driver } from '../../adapters/driver.js'
import { StatementFault } from '../../adapters/statement_fault.js'
import { error, Faults } from '../diagnostics.js'
import type { TypedColumn } from '../model_config.js'
import { quoted } from './row_sql.js'
import type { Rows, SelectedRows } from './rows.js'

export const resultTable = 'unit_test_result'

/** Keeps the rows of a select; gives its columns, with types that cut nothing. @throws Faults of the statement */
export async function keepResult(database: Driver, sql: string): Promise<readonly TypedColumn[]> {
  await database.execute(`create temporary table ${resultTable} as\n${sql}`)
  const { rows } = await database.execute(`select a.attname, format_type(a.atttypid, -1)
from pg_attribute as a
where a.attrelid = '${resultTable}'::regclass and a.attnum > 0 and not a.attisdropped
order by a.attnum`)
  return rows.map(([name, type]) => ({ name: String(name), type: String(type) }))
}

/** @throws Faults `bad-rows` at the line of the select, with what the server said */
export async function readSelected(database: Driver, given: SelectedRows): Promise<Rows> {
  const { select, at } = given
  const columns = await keepResult(database, select).catch(cause => {
    throw cause instanceof StatementFault ? brokenSelect(given, cause) : cause
  })
  const texts = columns.map(({ name }) => `cast(${quoted(name)} as text)`)
  const { rows } = await database.execute(`select ${texts.join(', ')}\nfrom ${resultTable}`)
  return {
    columns: columns.map(({ name, type }) => ({ name, type, at })),
    rows: rows.map(row => row.map(value => ({ text: value === null ? null : String(value), at }))),
    at,
  }
}

function brokenSelect({ select, placeOf, at }: SelectedRows, fault: StatementFault): Faults {
  const [said] = fault.diagnostics
  const before = fault.sql.length - select.length
  const place = fault.position === undefined ? at : placeOf(Math.max(0, fault.position - before))
  const diagnostic = error('bad-rows', 'the select of these rows ends with an error', {
    at: place,
    cause: said?.cause ?? said?.message ?? 'The server did not say why.',
    hint: 'It runs on an empty Postgres: it writes its rows out, select ... union all select ..., or values.',
  })
  return new Faults([diagnostic], 1)
}
