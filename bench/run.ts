// The first run over 1,000,000 events, from base to users: against a job that must cost something on any server (copy nine columns
// of the events, group them by session), and on the embedded database against that. And what it writes, against what it reads.

import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Driver } from '../adapters/driver.js'
import { connectEmbedded } from '../adapters/embedded/driver.js'
import type { BenchContext, Finding } from './frame/finding.js'
import { interleaved, medianOf, type Sample } from './frame/sample.js'
import { fillEvents, seshatRun, startWebServer, type WebServer, writeProject } from './web_server.js'

const days = 30

const job = [
  'drop table if exists job_events, job_sessions',
  `create table job_events as
select event_id, event_name, app_id, domain_userid, domain_sessionid, collector_tstamp, derived_tstamp, page_url, page_title
from atomic.events`,
  `create table job_sessions as
select domain_sessionid, min(domain_userid) as domain_userid, min(derived_tstamp) as start_tstamp,
    max(derived_tstamp) as end_tstamp, count(*) as events
from job_events
group by domain_sessionid`,
]

export async function runBenchmark({ repeats, say }: BenchContext): Promise<readonly Finding[]> {
  const server = await startWebServer()
  const embedded = mkdtempSync(join(tmpdir(), 'seshat-bench-embedded-'))
  try {
    say('  filling')
    await server.fill('events', days)
    const samples = await interleaved(
      {
        job: () => timedJob(server),
        run: async () => {
          await server.copy('events', 'first')
          return server.run('first')
        },
        embedded: () => embeddedRun(embedded, say),
      },
      repeats,
      say,
    )
    const seconds = (name: keyof typeof samples): number => medianOf(samples[name], 'seconds')
    const { written, read } = await bytesWritten(server)
    await server.copy('events', 'first')
    const fetched = await server.mostRowsFetched('first')
    return [
      {
        name: 'first-run',
        what: 'first run of 1,000,000 events, base to users, Postgres',
        unit: 's',
        median: seconds('run'),
        against: { what: 'copy nine columns of the events, group by session', median: seconds('job') },
        repeats,
        kind: 'ratio',
        target: 8,
      },
      {
        name: 'first-run-embedded',
        what: 'the same, embedded',
        unit: 's',
        median: seconds('embedded'),
        against: { what: 'the same, Postgres', median: seconds('run') },
        repeats,
        kind: 'ratio',
        target: 2,
      },
      {
        name: 'first-run-bytes',
        what: 'bytes written: log, and tables outside of it',
        unit: 'MB',
        median: written,
        against: { what: 'event columns read', median: read },
        repeats: 1,
        kind: 'ratio',
        target: 1.5,
      },
      {
        name: 'first-run-rows-fetched',
        what: 'the most rows that one answer brings to the client',
        unit: 'rows',
        median: fetched,
        repeats: 1,
        kind: 'absolute',
        target: 10,
      },
    ]
  } finally {
    server.remove()
    rmSync(embedded, { recursive: true, force: true })
  }
}

const timedJob = (server: WebServer): Promise<Sample> =>
  server.on('events', async driver => {
    const begin = performance.now()
    for (const sql of job) await driver.execute(sql)
    return { seconds: (performance.now() - begin) / 1000 }
  })

/** On a database that holds nothing but the events. */
async function embeddedRun(project: string, say: (line: string) => void): Promise<Sample> {
  rmSync(project, { recursive: true, force: true })
  writeProject(project, '{type: embedded, path: db}')
  const driver = await connectEmbedded(join(project, 'db'), 'bench')
  say('  filling the embedded database')
  await fillEvents(driver, 0, days - 1)
    .then(() => driver.execute('vacuum'))
    .finally(() => driver.close())
  return seshatRun(project, [])
}

/** In MB: the log of a first run and what its tables outside of the log hold, and the event columns that it reads. */
async function bytesWritten(server: WebServer): Promise<{ written: number; read: number }> {
  await server.copy('events', 'first')
  const log = (): Promise<number> =>
    server.on('first', driver => number(driver, `select pg_current_wal_insert_lsn() - '0/0'`))
  const before = await log()
  server.run('first', '--vars', '{cleanup_mode: trace}')
  const logged = (await log()) - before
  return server.on('first', async driver => {
    const unlogged = await number(
      driver,
      `select sum(pg_table_size(oid)) from pg_class where relpersistence = 'u' and relkind = 'r'`,
    )
    const columns = await driver.execute(
      `select string_agg('coalesce(pg_column_size(e.' || s.column_name || '), 0)', ' + ')
from information_schema.columns as s
inner join information_schema.columns as i
    on i.table_schema = 'atomic' and i.table_name = 'events' and i.column_name = s.column_name
where s.table_schema = 'scratch' and s.table_name = 'events_staged'`,
    )
    const read = await number(driver, `select sum(${columns.rows[0]?.[0]}) from atomic.events as e`)
    return { written: (logged + unlogged) / 2 ** 20, read: read / 2 ** 20 }
  })
}

const number = async (driver: Driver, query: string): Promise<number> =>
  Number((await driver.execute(query)).rows[0]?.[0])
