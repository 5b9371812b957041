// The driver of the invented warehouse: PGlite in this process's memory, one session. What all sessions have in common
// comes from adapters/session.ts.

import { PGlite, types } from '@electric-sql/pglite'
import type { Driver, Lock, QueryResult, Value } from '../../adapters/driver.js'
import { emptyDatabase } from '../../adapters/embedded/empty_database.js'
import { numberColumns, parseValue } from '../../adapters/postgres/driver_values.js'
import { type LoadRows, Session } from '../../adapters/session.js'
import { type ServerError, statementFault } from '../../adapters/statement_fault.js'
import { sqlName } from '../../compiler/relation.js'
import { toyDialect } from './dialect.js'

/** What the warehouse has beside Postgres' functions. */
const functions = `
create function toy_now() returns timestamp language sql volatile as
    $$ select clock_timestamp() at time zone 'utc' $$;
create function plus_seconds(tstamp timestamp, seconds integer) returns timestamp language sql immutable as
    $$ select tstamp + make_interval(secs => seconds) $$;
create function whole_seconds(tstamp timestamp) returns bigint language sql immutable as
    $$ select floor(extract(epoch from tstamp))::bigint $$;`

export async function connectToy(): Promise<Driver> {
  const database = await PGlite.create({ loadDataDir: emptyDatabase() })
  await database.exec(functions)
  return new ToyDriver(database)
}

const loadLiterals: LoadRows = async (execute, table, columns, rows) => {
  if (rows.length === 0) return 0
  const values = rows.map(
    row => `(${row.map(value => (value === null ? 'null' : toyDialect.literal(value))).join(', ')})`,
  )
  const insert = `insert into ${sqlName(table)} (${columns.join(', ')})\nvalues ${values.join(', ')}`
  return (await execute(insert, [])).rowCount
}

/** Every value comes as its text, which `parseValue` makes a number or a boolean of where nothing is lost. */
const parsers = Object.fromEntries(
  Object.values(types)
    .filter(type => typeof type === 'number')
    .map(type => [type, (text: string) => parseValue(text, type)]),
)

class ToyDriver extends Session {
  protected readonly loadRows = loadLiterals
  #inTransaction = false

  constructor(private readonly database: PGlite) {
    super()
  }

  protected async send(sql: string, parameters: readonly (string | null)[]): Promise<QueryResult> {
    if (this.#inTransaction && /^(create|drop|alter|truncate)\b/i.test(sql))
      throw statementFault({ code: '25001', message: 'this would commit the open transaction' }, sql, false)
    try {
      const result = await this.database.query<Value[]>(sql, [...parameters], { rowMode: 'array', parsers })
      if (sql === 'begin') this.#inTransaction = true
      if (sql === 'commit' || sql === 'rollback') this.#inTransaction = false
      const { rows, fields, affectedRows = 0 } = result
      const columns = fields.map(field => field.name)
      const numbers = numberColumns(fields.map(field => field.dataTypeID))
      return { columns, numbers, rows, rowCount: columns.length > 0 ? rows.length : affectedRows }
    } catch (reason) {
      throw statementFault(reason as ServerError, sql, false)
    }
  }

  /** Nobody else reaches the memory of this process. */
  async lock(): Promise<Lock> {
    return { check: async () => undefined, mayHaveLapsed: () => false, release: async () => undefined }
  }

  /** While a statement is under way, this thread does nothing else. */
  async cancel(): Promise<void> {}

  async close(): Promise<void> {
    if (!this.database.closed) await this.database.close()
  }
}
