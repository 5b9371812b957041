// A profile's connection in, an open `pg` client out, or a fault that says in words why not. TLS is on and
// verified for every host but this one, unless the profile says otherwise.

import type { Client, ClientConfig } from 'pg'
import type { DiagnosticCode } from '../../compiler/diagnostic_codes.js'
import { type Diagnostic, error, Faults } from '../../compiler/diagnostics.js'
import { hiding } from '../../compiler/secrets.js'
import type { Passed } from '../driver.js'
import type { ServerError } from '../statement_fault.js'
import { watchedSocket, watchTls } from './driver_steps.js'
import { tlsOptions } from './driver_tls.js'
import { parseValue } from './driver_values.js'

export type SslMode = 'disable' | 'require' | 'verify-ca' | 'verify-full'

export interface PostgresConnection {
  /** A name, an address, or the directory of a unix socket. */
  readonly host: string
  readonly port: number
  readonly user: string
  readonly password?: string | undefined
  readonly database: string
  /** As in libpq; absent: `disable` for loopback and unix sockets, `verify-full` for all else. */
  readonly sslmode?: SslMode | undefined
  /** A PEM file of authorities to trust instead of those that Node knows, or `system`: those. */
  readonly sslrootcert?: string | undefined
  /** Seconds, as in libpq; absent: 10. */
  readonly connect_timeout?: number | undefined
  /** 0: a connection that says nothing is never asked whether it still is one; absent: 1. */
  readonly keepalives?: 0 | 1 | undefined
  /** Seconds of silence before the first such question, 0 as the operating system has it; absent: 30. */
  readonly keepalives_idle?: number | undefined
  /** Milliseconds, as in Postgres; 0: no limit; absent: what the server has for this user. */
  readonly statement_timeout?: number | undefined
  /** Where names without a schema are looked for, as after `set search_path`. */
  readonly search_path?: string | undefined
  /** What the session becomes after login, as with `set role`. */
  readonly role?: string | undefined
}

const defaultConnectSeconds = 10
/** A peer that vanished in a long statement is noticed in a minute. */
const defaultKeepaliveSeconds = 30
const maxApplicationNameBytes = 63

/**
 * Opens one connection. Says nothing to the session yet.
 * @throws Faults, exit code 2: connection-failed, login-failed, no-such-database, tls-failed; without secrets
 */
export async function openClient(
  connection: PostgresConnection,
  application: string,
  { timeoutMillis, passed }: { readonly timeoutMillis?: number; readonly passed?: Passed | undefined } = {},
): Promise<Client> {
  const { Client } = await import('pg')
  const client = new Client({
    ...clientConfig(connection, application),
    connectionTimeoutMillis: timeoutMillis ?? (connection.connect_timeout ?? defaultConnectSeconds) * 1000,
    ...(passed ? { stream: () => watchedSocket(connection, passed) } : {}),
  })
  if (passed) watchTls(client, connection, passed)
  // Without a listener an error between two statements, such as a server restart, ends the process. The next
  // statement reports it.
  client.on('error', () => undefined)
  try {
    await client.connect()
    return client
  } catch (reason) {
    client.end().catch(() => undefined)
    throw new Faults([connectDiagnostic(reason, connection)], 2)
  }
}

function clientConfig(connection: PostgresConnection, application: string): ClientConfig {
  const { host, port, user, password, database } = connection
  return {
    host,
    port,
    user,
    database,
    // A function where there is none: `pg` would look into the environment and ~/.pgpass by itself.
    password: password || (() => Promise.reject(new MissingPassword())),
    ssl: tlsOptions(connection),
    keepAlive: connection.keepalives !== 0,
    keepAliveInitialDelayMillis: (connection.keepalives_idle ?? defaultKeepaliveSeconds) * 1000,
    application_name: Buffer.from(application).subarray(0, maxApplicationNameBytes).toString(),
    types: { getTypeParser: (type: number) => (text: string) => parseValue(text, type) },
  }
}

class MissingPassword extends Error {}

/** What went wrong while connecting, in words. */
function connectDiagnostic(reason: unknown, connection: PostgresConnection): Diagnostic {
  const { host, port, user, database, connect_timeout = defaultConnectSeconds } = connection
  const server = `${host}:${port}`
  const { code = '', message } = reasonOf(reason)
  const fault = (kind: DiagnosticCode, text: string, hint: string): Diagnostic =>
    error(kind, text, {
      hint,
      cause: withoutSecret(`${code} ${message}`.trim(), connection),
      mayPass: kind === 'connection-failed' && isPassing(code, message),
    })

  if (reason instanceof MissingPassword) {
    return fault(
      'login-failed',
      `${server} asks for the password of user ${user}, the profile has none.`,
      "Add password to the profile's output, for example with env_var.",
    )
  }
  if (code === '3D000') {
    const text = `There is no database ${database} on ${server}.`
    return fault('no-such-database', text, 'Correct database in the profile, or create it.')
  }
  if (/^28/.test(code) || /^SASL/.test(message)) {
    const text = `${server} did not let user ${user} in.`
    return fault('login-failed', text, loginHint(message))
  }
  if (isTlsError(code, message)) {
    return fault('tls-failed', `No TLS connection with ${server}.`, tlsHint(code, message))
  }
  if (code === 'ENOTFOUND' || code === 'EAI_AGAIN') {
    const text = `The name ${host} cannot be resolved.`
    return fault('connection-failed', text, 'Correct host in the profile; check the network or VPN.')
  }
  if (code === 'ECONNREFUSED' || code === 'ENOENT') {
    const text = `Nothing listens on ${server}.`
    return fault('connection-failed', text, 'Start the server, or correct host and port in the profile.')
  }
  if (code === 'ETIMEDOUT' || message === 'timeout expired') {
    const text = `${server} did not answer within ${connect_timeout} s.`
    return fault('connection-failed', text, 'Check the network, VPN or firewall, or raise connect_timeout.')
  }
  return fault('connection-failed', `No connection with ${server}.`, 'See the cause.')
}

/** A server that starts, is full, or cannot be reached right now; a name that is not known will not be in a moment. */
const isPassing = (code: string, message: string): boolean =>
  /^(08...|53300|57P0[1-3]|ECONN(REFUSED|RESET|ABORTED)|ETIMEDOUT|EAI_AGAIN|EHOSTUNREACH|ENETUNREACH|EPIPE)$/.test(
    code,
  ) || /timeout expired|connection terminated|socket hang up/i.test(message)

/** Names that resolve to several addresses give an AggregateError without a message. */
function reasonOf(reason: unknown): { code?: string; message: string } {
  const { code, message } = reason as Partial<ServerError>
  const first = reason instanceof AggregateError ? String(reason.errors[0]?.message ?? '') : String(reason)
  return { ...(code === undefined ? {} : { code }), message: message || first }
}

const loginHint = (message: string): string =>
  /no encryption|SSL off/i.test(message)
    ? 'The server wants TLS: set sslmode to verify-full in the profile.'
    : "Check user and password in the profile, and the server's pg_hba.conf."

const isTlsError = (code: string, message: string): boolean =>
  /^ERR_(TLS|SSL|OSSL)|CERT|SIGNATURE|^EPROTO$/.test(code) || /SSL connection/.test(message)

function tlsHint(code: string, message: string): string {
  if (/does not support SSL/.test(message)) {
    return 'Turn TLS on at the server, or set sslmode: disable in the profile if the network can be trusted.'
  }
  if (code === 'ERR_TLS_CERT_ALTNAME_INVALID') {
    return 'Use the name in the certificate as host, or sslmode: verify-ca if it is known to differ.'
  }
  return "Set sslrootcert in the profile to the certificate of the server's authority."
}

/** Belt and braces: neither server nor library is known to repeat a password. */
export const withoutSecret = (text: string, { password }: PostgresConnection): string =>
  hiding([password ?? ''])(text)
