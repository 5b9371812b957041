// The driver of a Postgres server: one connection, on which statements, transactions and advisory locks all
// live, so that whatever ends it ends them together.

import type { Client, QueryArrayConfig } from 'pg'
import { error, Faults } from '../../compiler/diagnostics.js'
import type { Driver, Lock, LockKey, Passed, QueryResult, Value } from '../driver.js'
import { lockLost } from '../lock_lost.js'
import { type LoadRows, Session } from '../session.js'
import {
  connectionLost,
  isConnectionLost,
  mayPass,
  type ServerError,
  statementCancelled,
  statementFault,
} from '../statement_fault.js'
import { openClient, type PostgresConnection, withoutSecret } from './driver_connect.js'
import { loadRows } from './driver_load.js'
import {
  forgetTime,
  lockNumbers,
  noteTime,
  releaseLocks,
  running,
  shareLocks,
  sharing,
  takeLocks,
} from './driver_lock.js'
import { numberColumns } from './driver_values.js'
import { sessionSettings } from './session_settings.js'

export type { PostgresConnection, SslMode } from './driver_connect.js'

const cancelMillis = 1000

/**
 * Connects and sets the session up: UTC, ISO dates, plain strings, warnings only.
 * @param application shown to others who wait for this session, such as `seshat run host:4711`
 * @throws Faults, exit code 2: connection-failed, login-failed, no-such-database, tls-failed; without secrets
 */
export const connectPostgres = (
  connection: PostgresConnection,
  application: string,
  passed?: Passed,
): Promise<Driver> =>
  connectAs(
    PostgresDriver,
    { settings: sessionSettings, optional: [connectionCheck, keepAlive, interpreted] },
    connection,
    application,
    passed,
  )

/** What a kind of server has its sessions set to. */
export interface ServerSettings {
  readonly settings: readonly (readonly [name: string, value: string])[]
  /** Statements that it may not know. */
  readonly optional: readonly string[]
}

// A server in the middle of a long statement would notice only at its end that its client was killed, and hold our locks
// until then. Servers older than 14 and those on Windows cannot look in between.
const connectionCheck = "set client_connection_check_interval = '2s'"

// Between statements a server would take two hours, by the standard of most systems, to ask whether a client whose machine
// has vanished is still there, and hold our locks as long.
const keepAlive = `select set_config(k.name, k.seconds, false)
from (values ('tcp_keepalives_idle', '30'), ('tcp_keepalives_interval', '10'), ('tcp_keepalives_count', '3')) as k (name, seconds)`

// Compiling expressions costs more than they do: each runs once.
const interpreted = 'set jit = off'

/** Connects as the kind of driver that a kind of server needs; throws as connectPostgres. */
export async function connectAs(
  Kind: typeof PostgresDriver,
  server: ServerSettings,
  connection: PostgresConnection,
  application: string,
  passed?: Passed,
): Promise<Driver> {
  const client = await openClient(connection, application, { passed })
  try {
    const backend = await prepareSession(client, server, connection)
    const { user, role } = connection
    passed?.('login', `user ${user}${role ? `, role ${role}` : ''}`)
    return new Kind(client, backend, connection, application)
  } catch (reason) {
    client.end().catch(() => undefined)
    const text = reason instanceof Error ? reason.message : String(reason)
    const details = {
      cause: withoutSecret(text, connection),
      hint: 'Check role, search_path and statement_timeout in the profile.',
    }
    const message = `The session with ${connection.host}:${connection.port} could not be set up.`
    throw new Faults([error('connection-failed', message, details)], 2)
  }
}

/** Gives the number of the server's process. */
async function prepareSession(
  client: Client,
  server: ServerSettings,
  connection: PostgresConnection,
): Promise<number> {
  const { search_path, role, statement_timeout } = connection
  const settings = [...server.settings]
  if (search_path) settings.push(['search_path', search_path])
  if (statement_timeout !== undefined) settings.push(['statement_timeout', String(statement_timeout)])
  if (role) settings.push(['role', role])
  const calls = settings.map((_, i) => `set_config($${2 * i + 1}, $${2 * i + 2}, false)`)
  const { rows } = await client.query(`select pg_backend_pid() as pid, ${calls.join(', ')}`, settings.flat())
  for (const sql of server.optional) await client.query(sql).catch(() => undefined)
  return Number(rows[0].pid)
}

/** The extended protocol takes exactly one statement, with or without parameters; `pg`'s types do not know it. */
interface OneStatement extends QueryArrayConfig<(string | null)[]> {
  readonly queryMode: 'extended'
}

export class PostgresDriver extends Session {
  protected readonly loadRows: LoadRows = loadRows
  #underWay: Promise<unknown> | undefined
  #cancelAsked = false
  #cancelling: Promise<void> | undefined
  #closed: Promise<void> | undefined
  #lost: Loss | undefined

  constructor(
    private readonly client: Client,
    private readonly backend: number,
    protected readonly connection: PostgresConnection,
    protected readonly application: string,
  ) {
    super()
    client.on('error', (reason: Error & Partial<ServerError>) => {
      this.#lose(withoutSecret(reason.message, this.connection), mayPass(reason.code))
    })
    client.on('end', () => this.#lose('Connection terminated'))
  }

  protected async send(sql: string, parameters: readonly (string | null)[]): Promise<QueryResult> {
    await this.#cancelling // a late cancel must not hit the next statement
    this.refuseIfGone()
    this.#cancelAsked = false
    const config: OneStatement = {
      text: sql,
      values: [...parameters],
      rowMode: 'array',
      queryMode: 'extended',
    }
    const query = this.client.query<Value[]>(config)
    this.#underWay = query.catch(() => undefined)
    try {
      const { fields, rows, rowCount } = await query
      const columns = fields.map(field => field.name)
      const numbers = numberColumns(fields.map(field => field.dataTypeID))
      return { columns, numbers, rows, rowCount: rowCount ?? 0 }
    } catch (reason) {
      throw this.#faultOf(reason, sql)
    } finally {
      this.#underWay = undefined
    }
  }

  /** @throws Faults `connection-lost` */
  protected refuseIfGone(): void {
    if (this.#closed) throw connectionLost('The driver is closed.', false)
    if (this.#lost) throw connectionLost(this.#lost.cause, this.#lost.mayPass)
  }

  #lose(cause: string, passing = true): Loss {
    this.#lost ??= { cause, mayPass: passing }
    return this.#lost
  }

  async lock(keys: readonly LockKey[], purpose: string): Promise<Lock> {
    const numbers = lockNumbers(keys, running)
    const execute = (sql: string, parameters: readonly string[]) => this.execute(sql, parameters)
    await takeLocks(execute, numbers, purpose)
    const workers = lockNumbers(keys, sharing)
    try {
      await takeLocks(execute, workers, purpose) // of a run that died, a statement may still go on
      await releaseLocks(execute, workers)
    } catch (reason) {
      await releaseLocks(execute, numbers)
      throw reason
    }
    const note = await noteTime(execute)
    let held = true
    return {
      mayHaveLapsed: () => this.#lost !== undefined,
      // Its own transactions end with it, and on other connections the shared lock keeps everybody out until theirs do.
      check: async () => {
        await this.execute('select 1').catch(reason => {
          if (!isConnectionLost(reason)) throw reason
          const [{ cause, mayPass: passing } = {}] = reason.diagnostics
          throw lockLost('The session that holds the lock has ended.', cause, passing)
        })
      },
      release: async () => {
        if (!held) return
        held = false
        if (this.#lost !== undefined || this.#closed) return
        const release = async (): Promise<void> => {
          await releaseLocks(execute, numbers)
          await forgetTime(execute, note)
        }
        await release().catch(() => undefined) // only where the session has ended, and its locks with it
      },
    }
  }

  override async share(keys: readonly LockKey[]): Promise<void> {
    await shareLocks((sql, parameters) => this.execute(sql, parameters), lockNumbers(keys, sharing))
  }

  async cancel(): Promise<void> {
    if (this.#underWay === undefined) return
    this.#cancelling ??= this.#cancel(this.#underWay).finally(() => {
      this.#cancelling = undefined
    })
    await this.#cancelling
  }

  async #cancel(underWay: Promise<unknown>): Promise<void> {
    this.#cancelAsked = true
    await within(cancelMillis, this.#askServerToCancel())
    await within(cancelMillis, underWay)
    // Deaf, or unreachable: without its client the server ends the session as soon as it notices.
    if (this.#underWay === underWay) this.#cutOff('The connection was cut to cancel a statement.')
  }

  /** On a connection of its own: the session's is busy. Never throws. */
  async #askServerToCancel(): Promise<void> {
    try {
      const client = await openClient(this.connection, this.application, { timeoutMillis: cancelMillis })
      await client.query('select pg_cancel_backend($1)', [this.backend]).finally(() => client.end())
    } catch {
      // cancel() sees that the statement goes on, and cuts the connection.
    }
  }

  close(): Promise<void> {
    this.#closed ??= within(cancelMillis, this.client.end())
      .catch(() => undefined) // closing a connection that is gone
      .then(() => this.#cutOff('The driver is closed.'))
    return this.#closed
  }

  #cutOff(why: string): void {
    this.#lose(why)
    // Its own ways to end wait for the other side.
    this.client.connection.stream.destroy()
  }

  #faultOf(reason: unknown, sql: string): Faults {
    // By name: the message of an Error is none of its enumerable properties.
    const server = reason as Partial<ServerError>
    const clean = (text: string | undefined) => text && withoutSecret(text, this.connection)
    const message = clean(server.message ?? String(reason)) ?? ''
    // Only the server's errors have a severity; their code is an SQLSTATE.
    if ('severity' in server && server.code) {
      const { code, position } = server
      const [detail, hint, where] = [server.detail, server.hint, server.where].map(clean)
      const refusal = { code, position, message, detail, hint, where }
      const { user, role } = this.connection
      return statementFault(refusal, sql, this.#cancelAsked, role ?? user)
    }
    if (this.#cancelAsked) return statementCancelled(sql)
    const lost = this.#lose(message)
    return connectionLost(lost.cause, lost.mayPass)
  }
}

/** Why a session is gone, and whether another may well be had. */
interface Loss {
  readonly cause: string
  readonly mayPass: boolean
}

/** Waits for the promise, but not longer. */
async function within(millis: number, promise: Promise<unknown>): Promise<void> {
  let timer: NodeJS.Timeout | undefined
  const timeout = new Promise(resolve => {
    timer = setTimeout(resolve, millis)
  })
  await Promise.race([promise, timeout]).finally(() => clearTimeout(timer))
}
