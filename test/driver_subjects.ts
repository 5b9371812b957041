// Every driver there is, as the contract sees it: how one is opened and lost, and what of SQL is its own. Postgres and
// Redshift, and Snowflake's local server, work on PGlite behind a socket, and with
// SESHAT_TEST_POSTGRES=postgres://user@host:port/database on a real server too.

import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Dialect } from '../adapters/dialect.js'
import type { Driver } from '../adapters/driver.js'
import { connectEmbedded } from '../adapters/embedded/driver.js'
import { postgresDialect } from '../adapters/postgres/dialect.js'
import { connectPostgres, type PostgresConnection } from '../adapters/postgres/driver.js'
import { redshiftDialect } from '../adapters/redshift/dialect.js'
import { connectRedshift } from '../adapters/redshift/driver.js'
import { snowflakeDialect } from '../adapters/snowflake/dialect.js'
import { connectSnowflake } from '../adapters/snowflake/driver.js'
import { plantedSecret, schema } from './driver_fixtures.js'
import { type PostgresServer, pgliteServer, realServer } from './driver_servers.js'
import type { Emulation } from './emulation/emulated_driver.js'
import { redshiftEmulation } from './emulation/redshift.js'
import { snowflakeEmulation } from './emulation/snowflake.js'
import { startSnowflakeServer } from './emulation/snowflake_server.js'
import { sessionsOn } from './emulation/snowflake_session.js'

export interface Subject {
  readonly name: string
  readonly dialect: Dialect
  readonly sql: SqlOfItsOwn
  /** Whether the suite of what Postgres alone promises is for it too. */
  readonly isPostgres: boolean
  /** What it can do only on a server that can, and where nothing is to be had instead. */
  readonly can: {
    /** Go on after cancel() has stopped a statement. */
    readonly goOnAfterCancel: boolean
    /** Be told how long a statement may take. */
    readonly limitStatements: boolean
    /** Have several sessions with one database at once, so that two can want one lock. */
    readonly haveManySessions: boolean
    /** Be refused a lock that another holds: not where the server takes all connections for one session. */
    readonly contend: boolean
    /** Be given a secret. */
    readonly haveSecrets: boolean
    /** Lose its session without a statement of its own. */
    readonly beLostFromOutside: boolean
  }
  start(): Promise<OpenSubject>
}

export interface OpenSubject {
  /** Connects to the database of this suite, always the same. */
  connect(how?: How): Promise<Driver>
  /** Ends its session from outside, as a server that crashes would. */
  lose(driver: Driver): Promise<void>
  stop(): Promise<void>
}

interface How {
  readonly application?: string
  readonly statementSeconds?: number
}

/** What the contract cannot say in the same words to every warehouse. */
interface SqlOfItsOwn {
  /** The place of the nth parameter, from 1. */
  parameter(n: number): string
  wait(seconds: number): string
  /** Endless by computing alone. */
  readonly endless: readonly string[]
  /** Makes this session one of somebody who may look into the schema and read nothing. */
  readonly becomeStranger: readonly string[]
  readonly becomeOneself: readonly string[]
  readonly forgetStranger: readonly string[]
}

const stranger = `${schema}_stranger`
const sqlOfPostgres: SqlOfItsOwn = {
  parameter: n => `$${n}`,
  wait: seconds => `select pg_sleep(${seconds})`,
  endless: [
    'with recursive n (i) as (select 1 union all select (i + 1) % 1000 from n) select count(*) from n',
  ],
  becomeStranger: [
    `create role ${stranger}`,
    `grant usage on schema ${schema} to ${stranger}`,
    // Redshift would have it `set session authorization`, from which PGlite does not come back.
    `set role ${stranger}`,
  ],
  becomeOneself: ['reset role'],
  forgetStranger: [`revoke usage on schema ${schema} from ${stranger}`, `drop role ${stranger}`],
}
const sqlOfSnowflake: SqlOfItsOwn = {
  parameter: () => '?',
  wait: seconds => `call system$wait(${seconds})`,
  endless: [],
  becomeStranger: [
    `create role ${stranger}`,
    `grant usage on schema ${schema} to role ${stranger}`,
    `use role ${stranger}`,
  ],
  becomeOneself: ['use role accountadmin'],
  forgetStranger: [`revoke usage on schema ${schema} from role ${stranger}`, `drop role ${stranger}`],
}

const embedded: Subject = {
  name: 'embedded',
  dialect: postgresDialect,
  sql: sqlOfPostgres,
  isPostgres: true,
  can: {
    goOnAfterCancel: false,
    limitStatements: false,
    haveManySessions: false,
    contend: true,
    haveSecrets: false,
    beLostFromOutside: false,
  },
  async start() {
    const directory = mkdtempSync(join(tmpdir(), 'seshat-contract-'))
    return {
      connect: ({ application = 'seshat test' } = {}) => connectEmbedded(directory, application),
      // Crashes the thread that it runs in.
      lose: driver =>
        driver.execute(`select repeat('[', 3000000)::json is null`).then(refuse, () => undefined),
      stop: async () => rmSync(directory, { recursive: true }),
    }
  },
}

const refuse = (): never => {
  throw new Error('the database did not crash')
}

type Connect = (connection: PostgresConnection, application: string) => Promise<Driver>

function overSocket(
  kind: Pick<Subject, 'name' | 'dialect' | 'isPostgres'>,
  connect: Connect,
  emulation: Pick<Emulation, 'setUp'> | undefined,
  server: PostgresServer,
): Subject {
  return {
    ...kind,
    name: `${kind.name} on ${server.name}`,
    sql: sqlOfPostgres,
    can: {
      goOnAfterCancel: server.hasSessions,
      limitStatements: server.hasSessions,
      haveManySessions: server.hasSessions || !kind.isPostgres,
      contend: server.hasSessions || !kind.isPostgres,
      haveSecrets: true,
      beLostFromOutside: true,
    },
    async start() {
      const database = await server.create(emulation?.setUp ?? [])
      return {
        async connect({ application = 'seshat test', statementSeconds } = {}) {
          const limit = statementSeconds === undefined ? {} : { statement_timeout: statementSeconds * 1000 }
          const connection = await database.connection()
          return connect({ password: plantedSecret, ...connection, ...limit }, application)
        },
        lose: driver => database.lose(driver),
        stop: () => database.drop(),
      }
    },
  }
}

const snowflakeOn = (server: PostgresServer): Subject => ({
  name: `snowflake on ${server.name}`,
  dialect: snowflakeDialect,
  sql: sqlOfSnowflake,
  isPostgres: false,
  can: {
    goOnAfterCancel: true,
    limitStatements: true,
    haveManySessions: true,
    contend: true,
    haveSecrets: true,
    beLostFromOutside: true,
  },
  async start() {
    const database = await server.create(snowflakeEmulation.setUp)
    const openSession = sessionsOn(server.hasSessions, async () =>
      connectPostgres(await database.connection(), 'snowflake'),
    )
    const snowflake = await startSnowflakeServer({ openSession, user: 'ada', password: plantedSecret })
    const connection = {
      account: 'test',
      user: 'ada',
      password: plantedSecret,
      database: 'web',
      host: '127.0.0.1',
      port: snowflake.port,
      protocol: 'http',
    } as const
    return {
      connect: ({ application = 'seshat test', statementSeconds } = {}) =>
        connectSnowflake({ ...connection, statement_timeout: statementSeconds }, application),
      lose: () => snowflake.endSessions(),
      async stop() {
        await snowflake.stop()
        await database.drop()
      },
    }
  },
})

export const subjects: readonly Subject[] = [
  embedded,
  ...[pgliteServer, ...realServer].flatMap(server => [
    overSocket(
      { name: 'postgres', dialect: postgresDialect, isPostgres: true },
      connectPostgres,
      undefined,
      server,
    ),
    overSocket(
      { name: 'redshift', dialect: redshiftDialect, isPostgres: false },
      connectRedshift,
      redshiftEmulation,
      server,
    ),
    snowflakeOn(server),
  ]),
]
