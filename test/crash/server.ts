// A Postgres server of the tests' own, fast and with a proxy before it, and databases on it that are copied as often as a
// state has to be tried. It waits for no disk: its processes die here, the machine does not.

import type { Driver } from '../../adapters/driver.js'
import { connectPostgres, type PostgresConnection } from '../../adapters/postgres/driver.js'
import { type PostgresCluster, startCluster } from '../postgres_cluster.js'
import { type TestDatabase, testDatabase } from '../support.js'
import { type CuttingProxy, startCuttingProxy } from './cutting_proxy.js'

export interface CrashServer {
  readonly cluster: PostgresCluster
  readonly proxy: CuttingProxy
  /** To a database, past the proxy and through it. */
  direct(database: string): PostgresConnection
  through(database: string): PostgresConnection
  /** An empty database, or a copy of one that nobody is connected to. */
  create(from?: string): Promise<string>
  /** Waits until no session is left in the database: the server has rolled back what was open. */
  settled(database: string): Promise<void>
  drop(database: string): Promise<void>
  /** Looks into a database; to be closed. */
  look(database: string): TestDatabase
  /** After the server was stopped. */
  startAgain(): Promise<void>
  remove(): Promise<void>
}

const settings = ['fsync = off', 'synchronous_commit = off', 'full_page_writes = off', 'autovacuum = off']

export async function startCrashServer(): Promise<CrashServer> {
  const cluster = await startCluster()
  const asAdmin = (): Promise<Driver> => connectPostgres(cluster.connection('postgres'), 'seshat tests')
  let admin = await asAdmin()
  for (const setting of settings) await admin.execute(`alter system set ${setting}`)
  await admin.execute('select pg_reload_conf()')
  const { host, port } = cluster.connection('postgres')
  const proxy = await startCuttingProxy(() => ({ host, port }))
  let made = 0
  const direct = (database: string): PostgresConnection => cluster.connection(database)
  return {
    cluster,
    proxy,
    direct,
    through: database => ({ ...direct(database), host: '127.0.0.1', port: proxy.port }),
    async create(from) {
      const name = `crash_${++made}`
      const template = from === undefined ? '' : ` template ${from}`
      // Files are copied in half the time that writing them to the log takes, which is the default.
      await admin.execute(`create database ${name}${template} strategy file_copy`)
      return name
    },
    async settled(database) {
      const others = `select count(*) from pg_stat_activity where datname = '${database}'`
      while ((await admin.execute(others)).rows[0]?.[0] !== 0) await admin.execute('select pg_sleep(0.002)')
    },
    drop: async database => void (await admin.execute(`drop database ${database} with (force)`)),
    look: database => testDatabase('cluster', direct(database), async () => undefined),
    async startAgain() {
      await cluster.start()
      admin = await asAdmin()
    },
    async remove() {
      await proxy.close()
      await admin.close()
      cluster.remove()
    },
  }
}
