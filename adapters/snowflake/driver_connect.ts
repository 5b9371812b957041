// A profile's connection in, an open connection of snowflake-sdk out, or a fault that says in words why not. The SDK is
// large and optional: it is loaded only here.

import { readFileSync } from 'node:fs'
import type { Connection, ConnectionOptions } from 'snowflake-sdk'
import { type Diagnostic, error, Faults } from '../../compiler/diagnostics.js'

export interface SnowflakeConnection {
  readonly account: string
  readonly user?: string | undefined
  readonly password?: string | undefined
  /** A PEM file, PKCS#8. */
  readonly private_key_path?: string | undefined
  readonly private_key_passphrase?: string | undefined
  /** An OAuth access token. */
  readonly token?: string | undefined
  /** As the SDK names them; by default what the secret given calls for. */
  readonly authenticator?: string | undefined
  readonly role?: string | undefined
  readonly warehouse?: string | undefined
  readonly database: string
  readonly query_tag?: string | undefined
  readonly connect_timeout?: number | undefined
  /** Seconds. */
  readonly statement_timeout?: number | undefined
  /** Where the account is reached otherwise than by its name: a private link, a proxy. */
  readonly host?: string | undefined
  readonly port?: number | undefined
  readonly protocol?: 'http' | 'https' | undefined
}

const defaultConnectSeconds = 30

/** What a profile holds that no message may repeat. */
const secretsOf = (connection: SnowflakeConnection): readonly string[] =>
  [connection.password, connection.token, connection.private_key_passphrase].filter(
    secret => secret !== undefined && secret !== '',
  ) as string[]

/** @throws Faults, exit code 2: missing-driver, bad-private-key, login-failed, connection-failed; without secrets */
export async function openConnection(
  connection: SnowflakeConnection,
  application: string,
): Promise<Connection> {
  const { default: sdk } = await import('snowflake-sdk').catch(missingDriver)
  // Its log would stand in a file in the project's folder.
  sdk.configure({ logLevel: 'OFF', additionalLogToConsole: false })
  const opened = sdk.createConnection(optionsOf(connection, application))
  const seconds = connection.connect_timeout ?? defaultConnectSeconds
  try {
    return await within(
      seconds,
      new Promise<Connection>((resolve, reject) => {
        opened.connect((reason, made) => (reason ? reject(reason) : resolve(made)))
      }),
    )
  } catch (reason) {
    throw new Faults([diagnosticOf(reason, connection, seconds)], 2)
  }
}

function missingDriver(): never {
  throw new Faults(
    [
      error('missing-driver', 'The driver of Snowflake is not installed.', {
        hint: 'Run npm install snowflake-sdk in the project, or npm install --global snowflake-sdk beside a global seshat.',
      }),
    ],
    2,
  )
}

function optionsOf(connection: SnowflakeConnection, application: string): ConnectionOptions {
  const { account, user, password, token, role, warehouse, database, host, port, protocol } = connection
  const address =
    host === undefined ? {} : { accessUrl: `${protocol ?? 'https'}://${host}${port ? `:${port}` : ''}` }
  const given = { password, token, role, warehouse, username: user, ...keyOf(connection) }
  return {
    account,
    database,
    ...address,
    ...Object.fromEntries(Object.entries(given).filter(([, value]) => value !== undefined)),
    authenticator: connection.authenticator ?? defaultAuthenticator(connection),
    application: application.replaceAll(/[^A-Za-z0-9._-]/g, '_').slice(0, 50),
    clientSessionKeepAlive: true,
    // Else NULL among values that are fetched as texts would be the text NULL.
    representNullAsStringNull: false,
  }
}

function defaultAuthenticator({ private_key_path, token }: SnowflakeConnection): string {
  if (private_key_path !== undefined) return 'SNOWFLAKE_JWT'
  return token === undefined ? 'SNOWFLAKE' : 'OAUTH'
}

function keyOf({ private_key_path: path, private_key_passphrase }: SnowflakeConnection) {
  if (path === undefined) return {}
  try {
    readFileSync(path)
  } catch (reason) {
    const details = { cause: String(reason), hint: 'Correct private_key_path in the profile.' }
    throw new Faults([error('bad-private-key', `The private key ${path} cannot be read.`, details)], 2)
  }
  return { privateKeyPath: path, privateKeyPass: private_key_passphrase }
}

class Timeout extends Error {}

async function within<T>(seconds: number, work: Promise<T>): Promise<T> {
  let timer: NodeJS.Timeout | undefined
  const timeout = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new Timeout('no answer')), seconds * 1000)
  })
  return Promise.race([work, timeout]).finally(() => clearTimeout(timer))
}

function diagnosticOf(reason: unknown, connection: SnowflakeConnection, seconds: number): Diagnostic {
  const { account, user, host } = connection
  const server = host ?? account
  const {
    message = String(reason),
    code,
    response,
  } = reason as {
    message?: string
    code?: number | string
    response?: { status?: number }
  }
  const cause = withoutSecrets(`${code ?? ''} ${message}`.trim(), connection)
  if (reason instanceof Timeout)
    return error('connection-failed', `${server} did not answer within ${seconds} s.`, {
      hint: 'Check account and host in the profile, and the network; or raise connect_timeout.',
    })
  if (/private key|passphrase|bad decrypt|PEM/i.test(message))
    return error('bad-private-key', 'The private key of the profile cannot be used.', {
      cause,
      hint: 'It has to be a PEM file in PKCS#8; set private_key_passphrase if it is encrypted.',
    })
  // Every refusal of a login has a number of this class.
  if (/^39\d{4}$/.test(String(code)) || response?.status === 401 || response?.status === 403)
    return error('login-failed', `${server} did not let user ${user ?? '(none)'} in.`, {
      cause,
      hint: 'Check user, password, key or token, and role in the profile.',
    })
  return error('connection-failed', `No connection with ${server}.`, {
    cause,
    hint: 'Correct account, or host and port, in the profile; check the network or VPN.',
  })
}

/** Neither server nor SDK is known to repeat a secret; here it could not. */
export const withoutSecrets = (text: string, connection: SnowflakeConnection): string =>
  secretsOf(connection).reduce((clean, secret) => clean.replaceAll(secret, '***'), text)
