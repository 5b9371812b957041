// The servers that the contract's drivers work on: PGlite behind a socket, which every machine has, and the real one that
// SESHAT_TEST_POSTGRES names.

import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Driver } from '../adapters/driver.js'
import { connectPostgres, type PostgresConnection } from '../adapters/postgres/driver.js'
import { type PgliteServer, startPgliteServer } from './driver_pglite_server.js'

export interface PostgresServer {
  readonly name: string
  /** Whether each connection is a session of its own, that can be cancelled, limited and ended. */
  readonly hasSessions: boolean
  /** An empty database of its own in which these statements were executed. */
  create(setUp: readonly string[]): Promise<Database>
}

interface Database {
  /** To a server that answers. */
  connection(): Promise<PostgresConnection>
  /** Ends the session of a driver. */
  lose(driver: Driver): Promise<void>
  drop(): Promise<void>
}

const execute = async (connection: PostgresConnection, ...statements: readonly string[]): Promise<void> => {
  const driver = await connectPostgres(connection, 'seshat tests')
  try {
    for (const sql of statements) await driver.execute(sql)
  } finally {
    await driver.close()
  }
}

const isSetting = (sql: string): boolean => sql.startsWith('set ')

export const pgliteServer: PostgresServer = {
  name: 'PGlite',
  hasSessions: false,
  async create(setUp) {
    const directory = mkdtempSync(join(tmpdir(), 'seshat-contract-'))
    let server: PgliteServer = await startPgliteServer(join(directory, 'db'))
    const connection = (): PostgresConnection => ({
      host: '127.0.0.1',
      port: server.port,
      user: 'postgres',
      database: 'postgres',
      connect_timeout: 1,
    })
    await execute(connection(), ...setUp)
    return {
      async connection() {
        const settings = setUp.filter(isSetting) // those of the one session
        // It may be busy with a statement that nobody waits for any longer, or gone.
        await execute(connection(), 'select 1', ...settings).catch(async () => {
          await server.stop()
          server = await startPgliteServer(join(directory, 'db'))
          await execute(connection(), ...settings)
        })
        return { ...connection(), connect_timeout: 10 }
      },
      lose: () => server.stop(),
      async drop() {
        await server.stop()
        rmSync(directory, { recursive: true })
      },
    }
  },
}

/** Where a server is that is named by a URL. */
export const connectionFrom = (url: URL): PostgresConnection => ({
  host: url.hostname,
  port: Number(url.port || 5432),
  user: decodeURIComponent(url.username),
  database: url.pathname.slice(1),
  ...(url.password ? { password: decodeURIComponent(url.password) } : {}),
})

function serverAt(url: URL): PostgresServer {
  const admin = connectionFrom(url)
  let databases = 0
  return {
    name: 'Postgres',
    hasSessions: true,
    async create(setUp) {
      const database = `seshat_contract_${process.pid}_${++databases}`
      const settings = setUp.filter(isSetting).map(sql => `alter database ${database} ${sql}`)
      await execute(admin, `create database ${database}`, ...settings)
      await execute({ ...admin, database }, ...setUp)
      return {
        connection: async () => ({ ...admin, database }),
        lose: async driver => {
          const pid = (await driver.execute('select pg_backend_pid()')).rows[0]?.[0]
          await execute(admin, `select pg_terminate_backend(${pid})`)
        },
        drop: () => execute(admin, `drop database ${database} with (force)`),
      }
    },
  }
}

/** One, or none. */
export const realServer: readonly PostgresServer[] = process.env['SESHAT_TEST_POSTGRES']
  ? [serverAt(new URL(process.env['SESHAT_TEST_POSTGRES']))]
  : []
