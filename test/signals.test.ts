// SIGINT and SIGTERM at any moment of a command: it ends with 130 or 143, leaves the tables as before or as after a step, the lock
// free, its results written and no file by halves; the command after it comes to the right rows. Moments are drawn from a
// seed: in each phase that a run tells of, and by the clock in those that it does not.

import assert from 'node:assert/strict'
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { after, before, describe, test } from 'node:test'
import { setTimeout as sleep } from 'node:timers/promises'
import { createAtomic, loadAtomic } from './atomic_events.js'
import { packageDirectory } from './command_line.js'
import { webEvents } from './oracle/event_rows.js'
import { random } from './oracle/random.js'
import { WEB_DEFAULTS, type WebVariables } from './oracle/web_data.js'
import { webModel } from './oracle/web_model.js'
import { databases, type TestDatabase, type TestProject, temporaryProject } from './support.js'
import { assertWebTables, dropSchemas } from './web_tables.js'

const cli = join(packageDirectory, 'dist', 'compiler', 'start_bundle.cjs')
const seed = Number(process.env['SESHAT_TEST_SEED'] ?? 1)
const codes = { SIGINT: 130, SIGTERM: 143 } as const

interface Moment {
  readonly words: readonly string[]
  /** What the command has said by then; the empty one: as soon as it runs. */
  readonly after: RegExp
  /** Whether it is one of those that leave results. */
  readonly results: boolean
  /** Milliseconds after that. */
  readonly delay?: number
  /** Where the command could end before the signal comes: a lock of another session, which it waits for; it has run once before. */
  readonly held?: string
}

const run = (after: RegExp, ...words: readonly string[]): Moment => ({
  words: ['run', ...words],
  after,
  results: true,
})
const started = (id: string): RegExp => new RegExp(`"step_started","step":"${id}"`)
const moments: Readonly<Record<string, Moment>> = {
  'while it compiles': { ...run(/^/), results: false },
  'while it connects': run(/"event":"started"/),
  'in setup': run(started('base.setup')),
  'in a model': run(started('sessions_this_run')),
  'in a commit': run(started('page_views.commit')),
  'in the commit of sessions': run(started('sessions.commit')),
  'in a custom model': run(started('custom_rows')),
  'in a complete step': run(started('base.complete')),
  'in a full refresh': run(started('sessions.commit'), '--full-refresh'),
  'in the swap of a full refresh': {
    ...run(started('run.swap'), '--full-refresh'),
    held: 'derived.custom_rows in access share mode',
  },
  'while a seed is loaded': {
    words: ['seed'],
    after: started('numbers'),
    results: true,
    held: 'derived.numbers in share mode',
  },
  'in data tests': {
    words: ['test'],
    after: /"step_started"/,
    results: true,
    held: 'derived.sessions in access exclusive mode',
  },
  'in show': {
    words: ['show', '--inline', 'select count(*) as n from generate_series(1, 100000000000) as g'],
    after: /^/,
    delay: 3000,
    results: false,
  },
  'in check': { words: ['check'], after: /^/, delay: 1500, results: false },
  'in docs serve': {
    words: ['docs', 'serve', '--no-lineage', '--port', '0'],
    after: /"serving"/,
    results: false,
  },
}

const variables: WebVariables = { ...WEB_DEFAULTS, start_date: '2024-01-01', update_cadence_days: 365 }
const data = webEvents({ seed: 5, variables, sessions: 10, rates: { quiet: 0 } })
const seedRows = Array.from({ length: 30_000 }, (_, n) => `${n},${'x'.repeat(20)}`).join('\n')

async function interrupt(
  project: TestProject,
  { words, after: until, delay = 0 }: Moment,
  signal: 'SIGINT' | 'SIGTERM',
  jitter: number,
) {
  const child = spawn(process.execPath, [cli, ...words, '--log-format', 'json'], { cwd: project.directory })
  let output = ''
  for (const stream of [child.stdout, child.stderr])
    stream.on('data', chunk => {
      output += String(chunk)
    })
  const closed = once(child, 'close')
  while (!until.test(output) && child.exitCode === null) await sleep(5)
  await sleep(delay + jitter)
  const asked = performance.now()
  child.kill(signal)
  const [code, by] = (await closed) as [number | null, NodeJS.Signals | null]
  return { code, by, output, seconds: (performance.now() - asked) / 1000 }
}

const server = databases.find(({ name }) => name === 'Postgres')
if (server)
  describe(`signals, seed ${seed}`, { timeout: 900_000 }, () => {
    let database: TestDatabase
    const project = temporaryProject({
      'seshat.yml': `name: t\nprofile: test\nvars: ${JSON.stringify(variables)}\n`,
      'models/custom_rows.sql': `{{ config(materialized='incremental', unique_key='domain_sessionid', time_key='start_tstamp') }}
select s.domain_sessionid, s.start_tstamp from {{ ref('sessions_this_run') }} as s`,
      'seeds/numbers.csv': `n,word\n${seedRows}\n`,
    })
    const chance = random(seed)
    before(async () => {
      database = await server.open()
      project.write({ 'profiles.yml': database.profiles })
      await createAtomic(database)
      await loadAtomic(database, data)
    })
    after(() => database.close())

    /** A server whose client was cut off looks for it every two seconds. */
    const isFree = async (): Promise<void> => {
      for (let attempt = 1; ; attempt += 1) {
        const { stdout, stderr } = await project.seshat('unlock', '--dry-run')
        if (stdout.startsWith('Nobody holds a lock')) return
        assert.ok(attempt < 5, stdout + stderr)
        await sleep(1000)
      }
    }

    for (const [what, moment] of Object.entries(moments)) {
      const signal = chance.next() < 0.5 ? 'SIGINT' : 'SIGTERM'
      const jitter = chance.next() * 60
      test(`${signal} ${what}: ends with ${codes[signal]}, and leaves nothing by halves`, async context => {
        if (moment.words[0] === 'run' && !moment.words.includes('--full-refresh')) await dropSchemas(database)
        if (moment.held) {
          const { code, stdout, stderr } = await project.seshat(...moment.words)
          assert.equal(code, 0, stdout + stderr)
          await database.query('begin')
          await database.query(`lock table ${moment.held}`)
        }
        const { code, by, output, seconds } = await interrupt(project, moment, signal, jitter)
        if (moment.held) await database.query('rollback')
        context.diagnostic(`${seconds.toFixed(2)} s after ${Math.round(jitter)} ms`)
        // Before it listens to signals, the system ends it: a shell calls that 130 and 143 too.
        assert.ok(code === codes[signal] || by === signal, `${code} ${by}: ${output}`)
        const target = join(project.directory, 'target')
        if (moment.results && code !== null) {
          const results = JSON.parse(readFileSync(join(target, 'run_results.json'), 'utf8')) as {
            readonly status: string
          }
          assert.equal(results.status, 'interrupted', output)
        }
        if (existsSync(target))
          assert.deepEqual(
            readdirSync(target).filter(name => /json\..+/.test(name)),
            [],
          )
        await isFree()
        if (moment.words[0] !== 'run') return
        const next = await project.seshat('run', ...moment.words.slice(1))
        assert.equal(next.code, 0, next.stdout + next.stderr)
        await assertWebTables(database, webModel(data, variables), what)
      })
    }

    test('a second signal ends it at once', async () => {
      await database.query(
        'create or replace function stall() returns integer language sql as $$ select 1 from pg_sleep(60) $$',
      )
      const child = spawn(process.execPath, [cli, 'show', '--inline', 'select stall() as n'], {
        cwd: project.directory,
      })
      await sleep(2500)
      child.kill('SIGTERM')
      child.kill('SIGTERM')
      const [code, by] = (await once(child, 'close')) as [number | null, NodeJS.Signals | null]
      assert.ok(code === 143 || by === 'SIGTERM', `${code} ${by}`)
    })
  })
