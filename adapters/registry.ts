// The adapters there are: each with its SQL, what a profile has to say about a connection, and its driver, which is
// loaded only when something connects.

import { isAbsolute, join } from 'node:path'
import * as z from 'zod'
import type { Dialect } from './dialect.js'
import type { Driver, LockKey, Passed } from './driver.js'
import type { Locks } from './held_lock.js'
import { postgresDialect } from './postgres/dialect.js'
import { redshiftDialect } from './redshift/dialect.js'
import { snowflakeDialect } from './snowflake/dialect.js'

export interface Adapter {
  readonly name: string
  readonly dialect: Dialect
  /** The keys of an output in profiles.yml, without `type`. */
  readonly connection: z.ZodObject
  /** The database takes a single connection: steps run one after another on it, whatever `threads` says. */
  readonly oneConnection?: true
  /** The steps of connecting, in order; one that fails is the first that has not passed, or that a ConnectFault names. */
  readonly connectSteps: readonly string[]
  /** Files that the connection names and whose text is secret. */
  secretFiles?(connection: Connection): readonly string[]
  /** Where it connects to, for people; without secrets. */
  describe(connection: Connection): string
  /** @throws Faults (2) that say which step of connecting failed; (3) when another process has the database */
  connect(connection: Connection, context: ConnectContext): Promise<Driver>
  /** Who holds the locks of a run. @throws Faults as connect, but not where the database is locked */
  locks(connection: Connection, context: ConnectContext, keys: readonly LockKey[]): Promise<Locks>
}
export type Connection = Readonly<Record<string, unknown>>

interface ConnectContext {
  readonly projectDirectory: string
  /** How the server shall name us, e.g. `seshat run host:1234`. */
  readonly application: string
  /** Hears of each of the adapter's `connectSteps` as soon as it is done. */
  readonly passed?: Passed
  /** An interruption, where opening takes long and holds something. */
  readonly signal?: AbortSignal
}

const text = z.string({ error: 'must be a text' })
/** A number as YAML has it, or as text, which is what env_var gives. */
const number = <T extends z.ZodType<number>>(schema: T) =>
  z.preprocess(
    value => (typeof value === 'string' && /^\d+(\.\d+)?$/.test(value) ? Number(value) : value),
    schema,
  )
const whole = z
  .number({ error: ({ code }) => (code === 'invalid_type' ? 'must be a whole number' : undefined) })
  .int('must be a whole number')
const threads = number(whole.min(1))
  .optional()
  .describe('How many steps may run at once, each on a connection of its own; 4 by default.')

const embeddedConnection = z.strictObject({
  path: text.default('.seshat/db').describe('Folder of the database, relative to the project.'),
  threads,
})

const embedded: Adapter = {
  name: 'embedded',
  dialect: postgresDialect,
  connection: embeddedConnection,
  oneConnection: true,
  connectSteps: ['database'],
  describe: connection => `embedded database in ${embeddedConnection.parse(connection).path}`,
  async connect(connection, { projectDirectory, application, passed, signal }) {
    const { path } = embeddedConnection.parse(connection)
    const { connectEmbedded } = await import('./embedded/driver.js')
    const directory = isAbsolute(path) ? path : join(projectDirectory, path)
    const driver = await connectEmbedded(directory, application, signal)
    passed?.('database', `${path} opens`)
    return driver
  },
  async locks(connection, { projectDirectory, application }) {
    const { path } = embeddedConnection.parse(connection)
    const { embeddedLocks } = await import('./embedded/unlock.js')
    return embeddedLocks(isAbsolute(path) ? path : join(projectDirectory, path), application)
  },
}

const port = number(whole.min(1).max(65_535))
const connectTimeout = number(z.number({ error: 'must be a number of seconds above 0' }).positive())
  .optional()
  .describe('Seconds to wait for a connection.')

/** What libpq knows of and Node has no way to set. */
const notSettable = z
  .never({ error: 'must be left out: of these only keepalives and keepalives_idle can be set' })
  .optional()

const sslModes = ['disable', 'require', 'verify-ca', 'verify-full'] as const
const inTheClear =
  'must not leave it to the server whether there is TLS: use verify-full, require, or disable for none'
const postgresConnection = z.strictObject({
  host: text.describe('Name or address of the server.'),
  port: port.default(5432).describe('Port of the server.'),
  user: text.describe('User to log in as.'),
  password: text
    .optional()
    .describe("Its password; better {{ env_var('PGPASSWORD') }} than the text itself."),
  database: text.describe('Database to connect to.'),
  sslmode: z
    .enum(sslModes, {
      error: ({ input }) =>
        input === 'prefer' || input === 'allow' ? inTheClear : `must be one of ${sslModes.join(', ')}`,
    })
    .optional()
    .describe('TLS; verify-full by default, but for servers on this machine.'),
  sslrootcert: text.optional().describe('File of the certificates to verify the server by.'),
  connect_timeout: connectTimeout,
  statement_timeout: number(whole.min(0))
    .optional()
    .describe('Milliseconds that a statement may take; 0: no limit.'),
  keepalives: number(z.literal([0, 1], { error: 'must be 0 or 1' }))
    .optional()
    .describe('0: a silent connection is not asked whether it still is one; 1 by default.'),
  keepalives_idle: number(whole.min(0))
    .optional()
    .describe('Seconds of silence before it is asked; 30 by default.'),
  keepalives_interval: notSettable,
  keepalives_count: notSettable,
  tcp_user_timeout: notSettable,
  search_path: text
    .optional()
    .describe('Schemas to look for unqualified names in, as your own models may have them.'),
  role: text.optional().describe('Role to take on after the login.'),
  threads,
})

const serverSteps = ['DNS', 'network', 'TLS', 'login']

const postgres: Adapter = {
  name: 'postgres',
  dialect: postgresDialect,
  connection: postgresConnection,
  connectSteps: serverSteps,
  describe(connection) {
    const { host, port: number, database, user } = postgresConnection.parse(connection)
    return `postgres ${user}@${host}:${number}/${database}`
  },
  async connect(connection, { application, passed }) {
    const { connectPostgres } = await import('./postgres/driver.js')
    return connectPostgres(postgresConnection.parse(connection), application, passed)
  },
  async locks(connection, context, keys) {
    const { postgresLocks } = await import('./postgres/unlock.js')
    return postgresLocks(await postgres.connect(connection, context), keys)
  },
}

const redshiftConnection = postgresConnection
  .omit({ role: true })
  .extend({ port: port.default(5439).describe('Port of the cluster.') })

const redshift: Adapter = {
  name: 'redshift',
  dialect: redshiftDialect,
  connection: redshiftConnection,
  connectSteps: serverSteps,
  describe(connection) {
    const { host, port: number, database, user } = redshiftConnection.parse(connection)
    return `redshift ${user}@${host}:${number}/${database}`
  },
  async connect(connection, { application, passed }) {
    const { connectRedshift } = await import('./redshift/driver.js')
    return connectRedshift(redshiftConnection.parse(connection), application, passed)
  },
  async locks(connection, context, keys) {
    const { leaseLocks } = await import('./lease_unlock.js')
    return leaseLocks(await redshift.connect(connection, context), redshiftDialect, keys)
  },
}

const snowflakeConnection = z.strictObject({
  account: text.describe('Account identifier, organisation-account.'),
  user: text.optional().describe('User to log in as.'),
  password: text
    .optional()
    .describe("Its password; better {{ env_var('SNOWFLAKE_PASSWORD') }} than the text itself."),
  private_key_path: text.optional().describe('File of the private key, for logins by key pair.'),
  private_key_passphrase: text.optional().describe('Passphrase of that key.'),
  token: text.optional().describe('OAuth token.'),
  authenticator: text.optional().describe('How to log in; by default as the other keys say.'),
  role: text.optional().describe('Role to work as.'),
  warehouse: text.optional().describe('Warehouse that runs the statements.'),
  database: text.describe('Database to connect to.'),
  query_tag: text.optional().describe('Tag of every statement in the query history.'),
  connect_timeout: connectTimeout,
  statement_timeout: number(whole.min(0).max(604_800))
    .optional()
    .describe('Seconds that a statement may take; 0: the longest that Snowflake allows.'),
  host: text.optional().describe('Host, where it does not follow from the account.'),
  port: port.optional().describe('Port, where it is not 443.'),
  protocol: z
    .enum(['http', 'https'], { error: 'must be http or https' })
    .optional()
    .describe('https by default.'),
  threads,
})

const snowflake: Adapter = {
  name: 'snowflake',
  dialect: snowflakeDialect,
  connection: snowflakeConnection,
  connectSteps: ['driver', ...serverSteps],
  secretFiles(connection) {
    const { private_key_path: path } = snowflakeConnection.parse(connection)
    return path === undefined ? [] : [path]
  },
  describe(connection) {
    const { account, user, database } = snowflakeConnection.parse(connection)
    return `snowflake ${user ?? ''}@${account}/${database}`
  },
  async connect(connection, { application, passed }) {
    const { connectSnowflake } = await import('./snowflake/driver.js')
    return connectSnowflake(snowflakeConnection.parse(connection), application, passed)
  },
  async locks(connection, context, keys) {
    const { leaseLocks } = await import('./lease_unlock.js')
    return leaseLocks(await snowflake.connect(connection, context), snowflakeDialect, keys)
  },
}

export const adapters: ReadonlyMap<string, Adapter> = new Map(
  [embedded, postgres, redshift, snowflake].map(adapter => [adapter.name, adapter]),
)
