// What the tests of whole projects share: a project in a temporary folder, the real command line, and databases that
// the real `pg` driver connects to: PGlite behind a socket, and a Postgres server where SESHAT_TEST_POSTGRES names one.

import { spawn } from 'node:child_process'
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { after } from 'node:test'
import { fileURLToPath } from 'node:url'
import type { Driver, Value } from '../adapters/driver.js'
import { connectPostgres, type PostgresConnection } from '../adapters/postgres/driver.js'
import { startPgliteServer } from './driver_pglite_server.js'

export const packageDirectory = join(dirname(fileURLToPath(import.meta.url)), '..', '..')
const cli = join(packageDirectory, 'dist', 'compiler', 'cli.js')

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

export interface CommandResult {
  readonly code: number
  readonly stdout: string
  readonly stderr: string
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

/** Runs the command line as a user would, without colours. */
export function runCli(
  words: readonly string[],
  directory: string,
  environment: NodeJS.ProcessEnv = {},
): Promise<CommandResult> {
  return new Promise((resolve, reject) => {
    const child = spawn(process.execPath, [cli, ...words], {
      cwd: directory,
      env: { ...process.env, ...environment },
    })
    let stdout = ''
    let stderr = ''
    child.stdout.on('data', chunk => (stdout += String(chunk)))
    child.stderr.on('data', chunk => (stderr += String(chunk)))
    child.on('error', reject)
    child.on('close', code => resolve({ code: code ?? -1, stdout, stderr }))
  })
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
