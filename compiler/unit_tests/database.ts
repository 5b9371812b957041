// The database that unit tests run on: empty, in memory, and warm, so that the first test takes no longer than those behind it.

import type { MemoryDatabase } from '../../adapters/embedded/driver.js'
import { openEmpty } from '../check/database.js'
import { comparable, rowsSelect } from './row_sql.js'

/** @param directory the project's, beside which the image of an empty database is kept */
export async function openWarm(directory: string): Promise<MemoryDatabase> {
  const database = await openEmpty(directory)
  await warmUp(database)
  return database
}

const columns = [
  { name: 'a_text', type: 'varchar(10)' },
  { name: 'a_number', type: 'integer' },
  { name: 'a_time', type: 'timestamp' },
  { name: 'a_float', type: 'double precision' },
  { name: 'a_flag', type: 'boolean' },
]
const row = ['a', '1', '2024-01-01 00:00:00', '1.5', 'true']
const names = columns.map(({ name }) => name)

/** Has Postgres look up what it looks up once, and V8 compile what most tests use of it: that takes longer than a test. */
async function warmUp(database: MemoryDatabase): Promise<void> {
  const whole = 'partition by r.a_text order by r.a_time'
  for (const sql of [
    'begin',
    'create schema warm_up',
    `create view warm_up.rows as\n${rowsSelect(columns, names, [row, row])}`,
    `create temporary table warm as
select r.*, row_number() over (${whole}) as position, sum(r.a_number) over (${whole}) as total
from warm_up.rows as r`,
    `select ${columns.map(({ name, type }) => comparable(name, type)).join(', ')} from warm`,
    'rollback',
  ])
    await database.execute(sql)
}
