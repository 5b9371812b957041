// What the tests of whole projects share: a project in a temporary folder, the real command line, and databases that
// the real `pg` driver connects to: PGlite behind a socket, and a Postgres server where SESHAT_TEST_POSTGRES names one.

import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { after } from 'node:test'
import type { Driver, Value } from '../adapters/driver.js'
import { connectPostgres, type PostgresConnection } from '../adapters/postgres/driver.js'
import { type CommandResult, runCli } from './command_line.js'
import { startPgliteServer } from './driver_pglite_server.js'

/** The line of seshat.yml that switches modules off. */
export const modulesOff = (...modules: readonly string[]): string =>
  `modules: {${modules.map(module => `${module}: {enabled: false}`).join(', ')}}\n`

/** seshat.yml of a project of sessions and users alone: `page_views_staged` is filled by the test. */
export const sessionsAndUsers = modulesOff('base', 'page_views')

export interface TestProject {
  readonly directory: string
  write(files: Readonly<Record<string, string>>): void
  /** Runs the command line in the project. */
  seshat(...words: readonly string[]): Promise<CommandResult>
}

/** A project with these files (path -> text) that goes away after the tests of this file. */
export function temporaryProject(files: Readonly<Record<string, string>>): TestProject {
  const directory = mkdtempSync(join(tmpdir(), 'seshat-test-'))
  after(() => rmSync(directory, { recursive: true, force: true }))
  const project: TestProject = {
    directory,
    write(more) {
      for (const [path, text] of Object.entries(more)) {
        mkdirSync(dirname(join(directory, path)), { recursive: true })
        // Passwords stand in some of them, and Seshat warns where others could read them.
        writeFileSync(join(directory, path), text, { mode: path === 'profiles.yml' ? 0o600 : 0o644 })
      }
    },
    seshat: (...words) => runCli(words, directory),
  }
  project.write(files)
  return project
}

export interface TestDatabase {
  readonly name: string
  /** profiles.yml of a profile `test` that connects to it. */
  readonly profiles: string
  query(sql: string): Promise<readonly (readonly Value[])[]>
  /** The same as objects, by column. */
  rows(sql: string): Promise<readonly Readonly<Record<string, Value>>[]>
  /** Lends the connection out, where it is the only one that the server takes. */
  release(): Promise<void>
  load: Driver['load']
  close(): Promise<void>
}

/** Every kind of database that tests of behaviour run on. */
export const databases: readonly { readonly name: string; open(): Promise<TestDatabase> }[] = [
  { name: 'PGlite', open: openPglite },
  ...(process.env['SESHAT_TEST_POSTGRES']
    ? [{ name: 'Postgres', open: () => openServer(process.env['SESHAT_TEST_POSTGRES'] ?? '') }]
    : []),
]

/** A database for tests that need one and not each kind. */
export const openTestDatabase = (): Promise<TestDatabase> => openPglite()

/** The same for tests with much to compute: a server's, where there is one. */
export const openFastest = (): Promise<TestDatabase> => (databases.at(-1) ?? { open: openPglite }).open()

async function openPglite(): Promise<TestDatabase> {
  const server = await startPgliteServer()
  const connection = { host: '127.0.0.1', port: server.port, user: 'postgres', database: 'postgres' }
  return testDatabase('PGlite', connection, server.stop)
}

/** A database of its own on the server, dropped at the end. */
async function openServer(url: string): Promise<TestDatabase> {
  const parsed = new URL(url)
  const admin: PostgresConnection = {
    host: parsed.hostname,
    port: Number(parsed.port || 5432),
    user: decodeURIComponent(parsed.username || 'postgres'),
    ...(parsed.password ? { password: decodeURIComponent(parsed.password) } : {}),
    database: parsed.pathname.slice(1) || 'postgres',
  }
  const name = `seshat_test_${process.pid}_${Math.floor(performance.now())}`
  const asAdmin = async (sql: string): Promise<void> => {
    const driver = await connectPostgres(admin, 'seshat tests')
    await driver.execute(sql).finally(() => driver.close())
  }
  await asAdmin(`create database ${name}`)
  // Nothing here has to outlast a power cut.
  await asAdmin(`alter database ${name} set synchronous_commit = off`)
  return testDatabase('Postgres', { ...admin, database: name }, () =>
    asAdmin(`drop database ${name} with (force)`),
  )
}

/** A database that is there already, as tests use it. */
export function testDatabase(
  name: string,
  connection: PostgresConnection,
  stop: () => Promise<void>,
): TestDatabase {
  let open: Driver | undefined
  const driver = async (): Promise<Driver> => (open ??= await connectPostgres(connection, 'seshat tests'))
  const release = async (): Promise<void> => {
    await open?.close()
    open = undefined
  }
  const { host, port, user, password, database } = connection
  // PGlite has one session behind all its connections: a second one would wait for the transaction of the first.
  const threads = name === 'PGlite' ? 1 : 4
  const output = { type: 'postgres', host, port, user, password, database, sslmode: 'disable', threads }
  return {
    name,
    profiles: JSON.stringify({ test: { target: 'dev', outputs: { dev: output } } }),
    query: async sql => (await (await driver()).execute(sql)).rows,
    async rows(sql) {
      const { columns, rows } = await (await driver()).execute(sql)
      return rows.map(row => Object.fromEntries(columns.map((column, index) => [column, row[index] ?? null])))
    },
    load: async (...load) => (await driver()).load(...load),
    release,
    async close() {
      await release()
      await stop()
    },
  }
}
