// The driver of Snowflake: one session of snowflake-sdk. Its transactions are statements, its locks are leases.

import type { Column, Connection, RowStatement, SnowflakeError } from 'snowflake-sdk'
import type { DiagnosticCode } from '../../compiler/diagnostic_codes.js'
import { error, type Faults } from '../../compiler/diagnostics.js'
import { sqlName } from '../../compiler/relation.js'
import type { Driver, Lock, LockKey, Passed, QueryResult, Value } from '../driver.js'
import { type LeaseGuard, takeLease } from '../lease.js'
import { LeaseConnection } from '../lease_connection.js'
import { checkValues } from '../seed_values.js'
import { type LoadRows, Session } from '../session.js'
import { conflictHint, connectionLost, StatementFault, statementCancelled } from '../statement_fault.js'
import { snowflakeDialect } from './dialect.js'
import { openConnection, type SnowflakeConnection } from './driver_connect.js'
import { causeOf } from './driver_connect_fault.js'

export type { SnowflakeConnection } from './driver_connect.js'

/**
 * Connects and sets the session up: UTC, timestamps without time zone, one text for each time.
 * @throws Faults, exit code 2: missing-driver, bad-private-key, login-failed, connection-failed; without secrets
 */
export async function connectSnowflake(
  connection: SnowflakeConnection,
  application: string,
  passed?: Passed,
): Promise<Driver> {
  const opened = await openConnection(connection, application, passed)
  const driver = new SnowflakeDriver(opened, connection, application)
  try {
    await driver.execute(sessionSettings(connection, application))
    if (passed) passed('login', await whoWeAre(driver))
    return driver
  } catch (reason) {
    await driver.close()
    throw reason
  }
}

async function whoWeAre(driver: Driver): Promise<string> {
  const { rows } = await driver.execute('select current_user(), current_role(), current_warehouse()')
  const [user, role, warehouse] = (rows[0] ?? []).map(value => value ?? '(none)')
  return `user ${user}, role ${role}, warehouse ${warehouse}`
}

function sessionSettings({ query_tag, statement_timeout }: SnowflakeConnection, application: string): string {
  const settings = {
    TIMEZONE: 'UTC',
    TIMESTAMP_TYPE_MAPPING: 'TIMESTAMP_NTZ',
    TIMESTAMP_NTZ_OUTPUT_FORMAT: 'YYYY-MM-DD HH24:MI:SS.FF6',
    DATE_OUTPUT_FORMAT: 'YYYY-MM-DD',
    QUERY_TAG: query_tag ?? application,
  }
  const texts = Object.entries(settings).map(
    ([name, value]) => `${name} = ${snowflakeDialect.literal(value)}`,
  )
  const timeout =
    statement_timeout === undefined ? [] : [`STATEMENT_TIMEOUT_IN_SECONDS = ${statement_timeout}`]
  return `alter session set ${[...texts, ...timeout].join(', ')}`
}

/** More values than these the SDK would put into a file of a stage. */
const maxBoundValues = 50_000

const loadValues: LoadRows = async (execute, table, columns, rows) => {
  checkValues(table, columns, rows)
  if (columns.length === 0) return 0
  const rowsAtOnce = Math.max(1, Math.floor(maxBoundValues / columns.length))
  let loaded = 0
  for (let start = 0; start < rows.length; start += rowsAtOnce) {
    const chunk = rows.slice(start, start + rowsAtOnce)
    const places = `(${columns.map(() => '?').join(', ')})`
    const sql = `insert into ${sqlName(table)} (${columns.join(', ')}) values ${chunk.map(() => places).join(', ')}`
    loaded += (await execute(sql, chunk.flat())).rowCount
  }
  return loaded
}

/** A row that was changed stays locked against other changes until the end of the transaction. */
const leaseGuard: LeaseGuard = {
  hold: (lease, id) => `update ${lease} set expires = expires where holder_id = '${id}'`,
  exclude: () => [],
}

class SnowflakeDriver extends Session {
  readonly #leases = new LeaseConnection(() => connectSnowflake(this.connection, this.application))
  protected readonly loadRows = loadValues
  /** It knows none that are kept from writing. */
  protected override readonly beginReading = 'begin'
  #running: { readonly statement: RowStatement; readonly ended: Promise<unknown> } | undefined
  #cancelAsked = false
  #lock: Lock | undefined
  #closed: Promise<void> | undefined

  constructor(
    private readonly opened: Connection,
    private readonly connection: SnowflakeConnection,
    private readonly application: string,
  ) {
    super()
  }

  protected async send(sql: string, parameters: readonly (string | null)[]): Promise<QueryResult> {
    if (this.#closed) throw connectionLost('The driver is closed.', false)
    this.#cancelAsked = false
    const answer = new Promise<QueryResult>((resolve, reject) => {
      const statement = this.opened.execute({
        sqlText: sql,
        binds: parameters,
        rowMode: 'array',
        fetchAsString: ['Number', 'Date'],
        complete: (reason, ended, rows) => {
          if (reason) reject(this.#faultOf(reason, sql))
          else resolve(answerOf(ended, rows ?? []))
        },
      }) as RowStatement
      queueMicrotask(() => {
        this.#running = { statement, ended: answer.catch(() => undefined) }
      })
    })
    return answer.finally(() => {
      this.#running = undefined
    })
  }

  async lock(keys: readonly LockKey[], purpose: string): Promise<Lock> {
    await this.execute('select 1') // a session that is gone has no use for a lock, and nobody would give it back
    this.#lock = await takeLease(this.#leases, snowflakeDialect, leaseGuard, keys, this.application, purpose)
    return this.#lock
  }

  async cancel(): Promise<void> {
    const running = this.#running
    if (!running) return
    this.#cancelAsked = true
    await new Promise<void>(resolve => running.statement.cancel(() => resolve()))
    await running.ended
  }

  close(): Promise<void> {
    this.#closed ??= this.#end()
    return this.#closed
  }

  async #end(): Promise<void> {
    await this.#lock?.release()
    await this.#leases.close()
    if (this.opened.isUp()) await new Promise<void>(resolve => this.opened.destroy(() => resolve()))
  }

  #faultOf(reason: SnowflakeError, sql: string): Faults {
    if (this.#cancelAsked) return statementCancelled(sql)
    const text = causeOf(reason, this.connection)
    const { sqlState } = reason
    // Only what a server says of a statement has one; class 08 is the SDK's word for a session that is gone.
    if (!sqlState || sqlState.startsWith('08')) return connectionLost(text, true)
    const { code, hint } = kindOf(String(reason.code), sqlState, text)
    const details = {
      cause: `SQLSTATE ${sqlState}, error ${reason.code}: ${text}`,
      ...(hint ? { hint } : {}),
    }
    const message = text.replace(/^SQL (compilation|execution) error:\s*/i, '').trim()
    return new StatementFault(error(code, message, details), sql, sqlState, placeIn(sql, text))
  }
}

function kindOf(
  number: string,
  sqlState: string,
  message: string,
): { readonly code: DiagnosticCode; readonly hint?: string } {
  // "does not exist or not authorized": which of the two it does not say.
  if (number.endsWith('2003') || sqlState === '42S02')
    return {
      code: 'missing-relation',
      hint: 'Check its schema and name, and that the role of the profile may see it; if a model builds it, run that model first.',
    }
  if (number.endsWith('3001') || sqlState === '42501')
    return {
      code: 'missing-privilege',
      hint: 'Let its owner grant the privilege to the role of this profile.',
    }
  // Too many wait for a table, or two transactions wait for one another.
  if (number.endsWith('0625') || /deadlock/i.test(message))
    return { code: 'write-conflict', hint: conflictHint }
  if (number.endsWith('0630'))
    return {
      code: 'statement-cancelled',
      hint: "Raise statement_timeout in the profile (seconds), or the warehouse's STATEMENT_TIMEOUT_IN_SECONDS.",
    }
  if (number.endsWith('0604'))
    return { code: 'statement-cancelled', hint: 'Somebody else has cancelled it on the server.' }
  return { code: 'statement-failed' }
}

/** `... error line 3 at position 12 ...`: lines from 1, positions from 0, in the statement as it was sent. */
function placeIn(sql: string, message: string): number | undefined {
  const found = /line (\d+) at position (-?\d+)/.exec(message)
  if (!found) return undefined
  const [line, position] = [Number(found[1]), Number(found[2])]
  if (position < 0) return undefined
  const before = sql.split('\n').slice(0, line - 1)
  return before.reduce((sum, text) => sum + text.length + 1, 0) + position
}

function answerOf(statement: RowStatement, rows: readonly unknown[]): QueryResult {
  const columns = statement.getColumns() ?? []
  const changed = statement.getNumUpdatedRows()
  const changes = changed !== undefined && changed >= 0
  return {
    columns: columns.map(column => column.getName().toLowerCase()),
    numbers: columns.flatMap((column, index) => (isNumber(column) ? [index] : [])),
    rows: (rows as readonly (readonly unknown[])[]).map(row =>
      row.map((value, index) => readValue(value, columns[index])),
    ),
    rowCount: changes ? changed : isStatus(columns) ? 0 : rows.length,
  }
}

/** What a statement without rows answers is a sentence in a column `status`. */
const isStatus = (columns: readonly Column[]): boolean =>
  columns.length === 1 && columns[0]?.getName() === 'status'

const isNumber = (column: Column): boolean =>
  ['real', 'float', 'fixed'].includes(column.getType().toLowerCase())

function readValue(value: unknown, column: Column | undefined): Value {
  if (value === null || value === undefined) return null
  if (typeof value === 'boolean') return value
  const text = String(value)
  const type = column?.getType().toLowerCase()
  if (type === 'real' || type === 'float') return Number(text)
  if (type === 'fixed' && column?.getScale() === 0) {
    const number = Number(text)
    return Number.isSafeInteger(number) ? number : text
  }
  // A fraction of zeros is none, as on every other warehouse.
  return type?.startsWith('timestamp') ? text.replace(/(\.\d*?)0+$/, '$1').replace(/\.$/, '') : text
}
