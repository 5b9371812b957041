// A profile's connection in, an open connection of snowflake-sdk out, or a fault that says in words why not. The SDK is
// large and optional: it is loaded only here.

import { createPrivateKey } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { setTimeout as pause } from 'node:timers/promises'
import type { Connection, ConnectionOptions } from 'snowflake-sdk'
import { error, Faults } from '../../compiler/diagnostics.js'
import { ConnectFault } from '../connect_fault.js'
import type { Passed } from '../driver.js'
import { connectFault, mayPass, serverOf, Timeout } from './driver_connect_fault.js'

export interface SnowflakeConnection {
  readonly account: string
  readonly user?: string | undefined
  readonly password?: string | undefined
  /** A PEM file with an RSA key. */
  readonly private_key_path?: string | undefined
  readonly private_key_passphrase?: string | undefined
  /** An OAuth access token. */
  readonly token?: string | undefined
  /** As the SDK names them; by default what the secret given calls for. */
  readonly authenticator?: string | undefined
  readonly role?: string | undefined
  readonly warehouse?: string | undefined
  readonly database: string
  /** By default the name of the run. */
  readonly query_tag?: string | undefined
  /** Seconds; absent: 30. */
  readonly connect_timeout?: number | undefined
  /** Seconds, as in Snowflake; 0: as long as Snowflake allows; absent: what it has for this user. */
  readonly statement_timeout?: number | undefined
  /** Where the account is reached otherwise than by its name: a private link, a proxy. */
  readonly host?: string | undefined
  readonly port?: number | undefined
  readonly protocol?: 'http' | 'https' | undefined
}

type Sdk = Pick<typeof import('snowflake-sdk'), 'createConnection'>

const defaultConnectSeconds = 30
const pauseMillis = 1000

/**
 * @param passed told of the steps `driver`, `DNS`, `network` and `TLS`: the SDK takes the last three at once, and only what
 * it says when it fails tells how far it came
 * @throws Faults, exit code 2: missing-driver, bad-private-key, login-failed, connection-failed, tls-failed; without secrets
 */
export async function openConnection(
  connection: SnowflakeConnection,
  application: string,
  passed?: Passed,
): Promise<Connection> {
  const { default: sdk } = await import('snowflake-sdk').catch(missingDriver)
  passed?.('driver', 'snowflake-sdk is installed')
  // Its log would stand in a file in the project's folder.
  sdk.configure({ logLevel: 'OFF', additionalLogToConsole: false })
  const seconds = connection.connect_timeout ?? defaultConnectSeconds
  const end = Date.now() + seconds * 1000
  const options = optionsOf(connection, application)
  for (;;) {
    try {
      const made = await within(end - Date.now(), connect(sdk, options))
      tellSteps(connection, 'login', passed)
      return made
    } catch (reason) {
      if (!mayPass(reason) || Date.now() + pauseMillis > end) {
        const fault = connectFault(reason, connection, seconds)
        tellSteps(connection, fault.step, passed)
        throw fault
      }
      await pause(pauseMillis)
    }
  }
}

/** Those that come before `reached`. */
function tellSteps(connection: SnowflakeConnection, reached: string, passed: Passed | undefined): void {
  const server = serverOf(connection)
  const https = 'https, certificate verified by snowflake-sdk'
  const steps = [
    ['DNS', `${server} is known`],
    ['network', `${server} answers`],
    ['TLS', connection.protocol === 'http' ? 'off (protocol: http)' : https],
  ] as const
  for (const [step, detail] of steps) {
    if (step === reached) return
    passed?.(step, detail)
  }
}

async function connect(sdk: Sdk, options: ConnectionOptions): Promise<Connection> {
  const connection = sdk.createConnection(options)
  try {
    return await new Promise((resolve, reject) => {
      connection.connect((reason, made) => (reason ? reject(reason) : resolve(made)))
    })
  } catch (reason) {
    connection.destroy(() => undefined) // its sockets would keep the process up
    throw reason
  }
}

function missingDriver(reason: unknown): never {
  throw new Faults(
    [
      error(
        'missing-driver',
        'The driver of Snowflake, snowflake-sdk, is not installed or cannot be loaded.',
        {
          cause: String(reason),
          hint: 'Run npm install snowflake-sdk in the project, or npm install --global snowflake-sdk beside a global seshat.',
        },
      ),
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
    // It would go on for minutes, where nothing listens too.
    sfRetryMaxLoginRetries: 0,
    // Else NULL among values that are fetched as texts would be the text NULL.
    representNullAsStringNull: false,
  }
}

function defaultAuthenticator({ private_key_path, token }: SnowflakeConnection): string {
  if (private_key_path !== undefined) return 'SNOWFLAKE_JWT'
  return token === undefined ? 'SNOWFLAKE' : 'OAUTH'
}

function keyOf({ private_key_path: path, private_key_passphrase: passphrase }: SnowflakeConnection) {
  if (path === undefined) return {}
  const unusable = (message: string, cause: unknown, hint: string): Faults =>
    new ConnectFault('login', error('bad-private-key', message, { cause: String(cause), hint }))
  let file: string
  try {
    file = readFileSync(path, 'utf8')
  } catch (reason) {
    const hint = 'Correct private_key_path in the profile.'
    throw unusable(`The private key ${path} cannot be read.`, reason, hint)
  }
  try {
    const key = createPrivateKey({ key: file, format: 'pem', ...(passphrase ? { passphrase } : {}) })
    if (key.asymmetricKeyType !== 'rsa') throw new Error(`It is of the kind ${key.asymmetricKeyType}.`)
    return { privateKey: key.export({ format: 'pem', type: 'pkcs8' }).toString() }
  } catch (reason) {
    throw unusable(`The private key ${path} cannot be used.`, reason, keyHint(file, passphrase))
  }
}

function keyHint(file: string, passphrase: string | undefined): string {
  if (!/ENCRYPTED/.test(file))
    return 'private_key_path in the profile has to name a PEM file with an RSA private key.'
  return passphrase
    ? 'Correct private_key_passphrase in the profile.'
    : 'The key is encrypted: set private_key_passphrase in the profile.'
}

async function within<T>(millis: number, work: Promise<T>): Promise<T> {
  let timer: NodeJS.Timeout | undefined
  const timeout = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new Timeout('no answer')), millis)
  })
  return Promise.race([work, timeout]).finally(() => clearTimeout(timer))
}
