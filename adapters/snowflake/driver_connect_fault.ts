// What snowflake-sdk says when it cannot connect -> what went wrong in words, and at which step. Without secrets.

import type { DiagnosticCode } from '../../compiler/diagnostic_codes.js'
import { error } from '../../compiler/diagnostics.js'
import { hiding } from '../../compiler/secrets.js'
import { ConnectFault } from '../connect_fault.js'
import type { SnowflakeConnection } from './driver_connect.js'

export class Timeout extends Error {}

/** What the SDK throws, as far as it matters; its types know less of it. */
interface SdkError {
  readonly message?: string
  readonly code?: number | string
  readonly response?: { readonly statusCode?: number }
  /** Of the HTTP client, with the system's code. */
  readonly cause?: { readonly code?: string }
}

const statusOf = (reason: unknown): number => (reason as SdkError).response?.statusCode ?? 200

/** A service that is overloaded or restarted. */
export const mayPass = (reason: unknown): boolean => {
  const status = statusOf(reason)
  return status >= 500 || status === 429 || status === 408
}

const isNetwork = (code: string | undefined): boolean =>
  /^(ECONN(REFUSED|RESET|ABORTED)|ETIMEDOUT|EAI_AGAIN|EHOSTUNREACH|ENETUNREACH|EPIPE)$/.test(code ?? '')

/** What an error of the SDK says, with its HTTP status where that is what went wrong, without secrets. */
export function causeOf(reason: unknown, connection: SnowflakeConnection): string {
  const { message = String(reason) } = reason as SdkError
  const status = statusOf(reason)
  return withoutSecrets(status === 200 ? message : `HTTP ${status}: ${message}`, connection)
}

/** @param seconds how long the server was waited for */
export function connectFault(
  reason: unknown,
  connection: SnowflakeConnection,
  seconds: number,
): ConnectFault {
  const server = serverOf(connection)
  const { code = '', cause: inner } = reason as SdkError
  const cause = `${code} ${causeOf(reason, connection)}`.trim()
  const passing = reason instanceof Timeout || mayPass(reason) || isNetwork(inner?.code)
  const fault = (step: string, kind: DiagnosticCode, message: string, hint: string): ConnectFault =>
    new ConnectFault(
      step,
      error(kind, message, { cause, hint, mayPass: passing && kind === 'connection-failed' }),
    )
  if (reason instanceof Timeout) {
    const hint = 'Check account and host in the profile, and the network; or raise connect_timeout (seconds).'
    return fault('network', 'connection-failed', `${server} did not answer within ${seconds} s.`, hint)
  }
  // Numbers of this class are about what the SDK was given.
  if (/^404\d{3}$/.test(String(code))) {
    const hint =
      'Give user, and password, private_key_path or token; authenticator only where another way is meant.'
    return fault('login', 'login-failed', `With what the profile says nobody can log in to ${server}.`, hint)
  }
  const status = statusOf(reason)
  // Every refusal of a login has a number of this class.
  if (/^39\d{4}$/.test(String(code)) || status === 401) {
    const message = `${server} did not let user ${connection.user ?? '(none)'} in.`
    const hint = 'Check user, password, key or token, and role in the profile.'
    return fault('login', 'login-failed', message, hint)
  }
  if (mayPass(reason)) {
    const hint = 'Start the command again when it is well.'
    return fault('login', 'connection-failed', `${server} answered with HTTP ${status}.`, hint)
  }
  const check = 'Correct account, or host and port, in the profile; check the network or VPN.'
  if (status !== 200)
    return fault('login', 'connection-failed', `${server} answered with HTTP ${status}.`, check)
  if (/^(ENOTFOUND|EAI_AGAIN)$/.test(inner?.code ?? ''))
    return fault('DNS', 'connection-failed', `The name of ${server} cannot be resolved.`, check)
  if (/^ERR_(TLS|SSL|OSSL)|CERT|SIGNATURE|^EPROTO$/.test(inner?.code ?? '')) {
    const hint = `${check} Where a proxy has a certificate of its own, NODE_EXTRA_CA_CERTS names its authority.`
    return fault('TLS', 'tls-failed', `No TLS connection with ${server}.`, hint)
  }
  return fault('network', 'connection-failed', `No connection with ${server}.`, check)
}

export const serverOf = ({ host, account }: SnowflakeConnection): string => host ?? account

/** What a profile holds that no message may repeat. */
const secretsOf = (connection: SnowflakeConnection): readonly string[] =>
  [connection.password, connection.token, connection.private_key_passphrase].map(secret => secret ?? '')

/** Neither server nor SDK is known to repeat a secret; here it could not. The SDK's own is what it signs with a key. */
const withoutSecrets = (text: string, connection: SnowflakeConnection): string =>
  hiding(secretsOf(connection))(text).replaceAll(/\beyJ[\w-]+\.[\w-]+\.[\w-]+/g, '***')
