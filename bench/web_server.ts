// A Postgres server of the benchmarks' own, with its defaults and the memory that the targets name, and a project that reads its
// events. Databases with the same data are copied, not filled again.

import { execFileSync } from 'node:child_process'
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { execPath } from 'node:process'
import type { Driver } from '../adapters/driver.js'
import { connectPostgres } from '../adapters/postgres/driver.js'
import { createAtomic } from '../test/atomic_events.js'
import { ModuleRuns } from '../test/module_runs.js'
import { startCluster } from '../test/postgres_cluster.js'
import { repositoryDirectory } from './frame/directory.js'
import { nodeProcess } from './frame/node_process.js'
import type { Sample } from './frame/sample.js'
import { fillDays } from './web_events.js'

const seshat = join(repositoryDirectory, 'dist/compiler/start_bundle.cjs')

export interface WebServer {
  /** Makes a database with the events of some days from day 0 on. */
  fill(database: string, days: number): Promise<void>
  copy(from: string, to: string): Promise<void>
  /** Works on a connection of its own. */
  on<T>(database: string, work: (driver: Driver) => Promise<T>): Promise<T>
  /** `seshat run` on a database, as a process. */
  run(database: string, ...words: readonly string[]): Sample
  /** The most rows that one answer brings to the client in a run on a database. */
  mostRowsFetched(database: string): Promise<number>
  /** The statements of a run on a database, conditions among them. */
  statements(database: string): number
  remove(): void
}

export async function startWebServer(): Promise<WebServer> {
  const cluster = await startCluster({ shared_buffers: '1GB', work_mem: '128MB' })
  const project = mkdtempSync(join(tmpdir(), 'seshat-bench-run-'))
  const on: WebServer['on'] = async (database, work) => {
    const driver = await connectPostgres(cluster.connection(database), 'bench')
    return work(driver).finally(() => driver.close())
  }
  const target = (database: string): void => {
    const { host, port, user } = cluster.connection(database)
    writeProject(
      project,
      `{type: postgres, host: ${host}, port: ${port}, user: ${user}, database: ${database}}`,
    )
  }
  const admin = (...statements: readonly string[]): Promise<void> =>
    on('postgres', async driver => {
      for (const sql of statements) await driver.execute(sql)
    })
  return {
    on,
    async fill(database, days) {
      await admin(`create database ${database}`)
      await on(database, driver => fillEvents(driver, 0, days - 1))
      await on(database, driver => driver.execute('vacuum'))
    },
    copy: (from, to) =>
      admin(`drop database if exists ${to}`, `create database ${to} template ${from}`, 'checkpoint'),
    run(database, ...words) {
      target(database)
      return seshatRun(project, words)
    },
    async mostRowsFetched(database) {
      target(database)
      let most = 0
      await on(database, async driver => {
        const execute: Driver['execute'] = async (sql, parameters) => {
          const answer = await driver.execute(sql, parameters)
          most = Math.max(most, answer.rows.length)
          return answer
        }
        const counting = new Proxy(driver, {
          get: (of, key) => (key === 'execute' ? execute : bound(of, key)),
        })
        const { code } = await new ModuleRuns({ directory: project }, counting).run('')
        if (code !== 0) throw new Error('the run whose rows are counted has failed')
      })
      return most
    },
    statements(database) {
      target(database)
      const words = [seshat, 'run', '--timings', '--log-format', 'json']
      const lines = execFileSync(execPath, words, { cwd: project, encoding: 'utf8' }).trim().split('\n')
      const timings = lines.map(line => JSON.parse(line)).find(({ event }) => event === 'timings')
      return timings.statements.length
    },
    remove() {
      cluster.remove()
      rmSync(project, { recursive: true, force: true })
    },
  }
}

const bound = (driver: Driver, key: string | symbol): unknown => {
  const value: unknown = Reflect.get(driver, key)
  return typeof value === 'function' ? value.bind(driver) : value
}

/** Creates the events where day 0 is among the days, and an index by which a day is found among many. */
export async function fillEvents(driver: Driver, first: number, last: number): Promise<void> {
  if (first === 0) {
    await createAtomic({ query: async sql => (await driver.execute(sql)).rows })
    await driver.execute('create index on atomic.events (collector_tstamp)')
    await driver.execute('create index on atomic.com_snowplowanalytics_snowplow_web_page_1 (root_tstamp)')
  }
  for (const sql of fillDays(first, last)) await driver.execute(sql)
}

/** A project whose one target is this output, and which takes all events in one run. */
export function writeProject(directory: string, output: string): void {
  mkdirSync(directory, { recursive: true })
  const vars = 'vars: {base: {start_date: 2024-01-01, update_cadence_days: 400}}'
  writeFileSync(join(directory, 'seshat.yml'), `name: bench\nprofile: bench\n${vars}\n`)
  writeFileSync(
    join(directory, 'profiles.yml'),
    `bench:\n  target: bench\n  outputs:\n    bench: ${output}\n`,
  )
}

export const seshatRun = (project: string, words: readonly string[]): Sample =>
  nodeProcess([seshat, 'run', '--quiet', ...words], project)
