// Twenty processes that want one lock together, again and again, some of which die in the middle of their turn: one at a time,
// and no turn is lost or doubled. And twenty real runs that are started together: one after another they leave the right
// tables. Only SESHAT_TEST_LOCKS=all has fifty rounds of leases, which take a second each, and of runs.

import assert from 'node:assert/strict'
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { after, before, describe, test } from 'node:test'
import { fileURLToPath } from 'node:url'
import { createAtomic, loadAtomic } from './atomic_events.js'
import type { CommandResult } from './command_line.js'
import { redshiftEmulation } from './emulation/redshift.js'
import { connectionOf } from './module_runs.js'
import { webEvents } from './oracle/event_rows.js'
import { loadBatches } from './oracle/load_batches.js'
import { joined, WEB_DEFAULTS, type WebVariables } from './oracle/web_data.js'
import { webModel } from './oracle/web_model.js'
import { databases, type TestDatabase, temporaryProject } from './support.js'
import { assertWebTables } from './web_tables.js'

const contender = fileURLToPath(new URL('./lock_contender.js', import.meta.url))
const processes = 20
const isWhole = process.env['SESHAT_TEST_LOCKS'] === 'all'
const rounds = { advisory: 50, lease: isWhole ? 50 : 10 }

interface Contender {
  readonly ready: Promise<unknown>
  go(): void
  readonly lines: Promise<readonly string[]>
  /** Undefined where it has died. */
  readonly code: Promise<number | null>
}

function start(kind: keyof typeof rounds, database: string, seed: number): Contender {
  const child = spawn(process.execPath, [contender, kind, database, String(rounds[kind]), String(seed)])
  let output = ''
  for (const stream of [child.stdout, child.stderr])
    stream.on('data', chunk => {
      output += String(chunk)
    })
  const closed = once(child, 'close')
  return {
    ready: Promise.race([once(child.stdout, 'data'), closed]),
    go: () => void child.stdin.write('go\n'),
    lines: closed.then(() => output.trim().split('\n')),
    code: closed.then(([code]) => code as number | null),
  }
}

const server = databases.find(({ name }) => name === 'Postgres')
if (server) {
  for (const kind of ['advisory', 'lease'] as const)
    describe(`${processes} processes and one lock, ${kind}`, { timeout: 600_000 }, () => {
      test('one at a time, in every round, whoever dies', async context => {
        const database = await server.open()
        try {
          if (kind === 'lease') {
            const { database: name } = connectionOf(database)
            for (const sql of redshiftEmulation.setUp.filter(sql => !sql.startsWith('set ')))
              await database.query(sql)
            for (const sql of redshiftEmulation.setUp.filter(sql => sql.startsWith('set ')))
              await database.query(`alter database ${name} ${sql}`)
          }
          await database.query('create schema contended')
          await database.query('create table contended.inside (pid integer)')
          await database.query('create table contended.turns (n integer, pid integer)')
          const all = Array.from({ length: processes }, (_, seed) =>
            start(kind, connectionOf(database).database, seed),
          )
          await Promise.all(all.map(({ ready }) => ready))
          for (const { go } of all) go()
          const lines = (await Promise.all(all.map(one => one.lines))).flat()
          const codes = await Promise.all(all.map(({ code }) => code))
          assert.deepEqual(
            lines.filter(line => !/^(ready|turn|refused)$/.test(line)),
            [],
          )
          assert.ok(
            codes.every(code => code === 0 || code === null),
            codes.join(),
          )
          const turns = lines.filter(line => line === 'turn').length
          const written = await database.query(
            'select n, count(*) from contended.turns group by n order by n',
          )
          context.diagnostic(
            `${turns} turns, ${lines.filter(line => line === 'refused').length} refused, ${codes.filter(code => code === null).length} died`,
          )
          assert.deepEqual(
            written,
            Array.from({ length: written.length }, (_, n) => [n + 1, 1]),
          )
          // Who died after its turn was written has not said so.
          assert.ok(written.length >= turns && turns > 0, `${written.length} written, ${turns} told`)
        } finally {
          await database.close()
        }
      })
    })

  describe(`${processes} runs at once`, { timeout: 7_200_000 }, () => {
    const variables: WebVariables = { ...WEB_DEFAULTS, start_date: '2024-01-01', update_cadence_days: 365 }
    const repeats = isWhole ? 50 : 1
    const loads = loadBatches(
      webEvents({ seed: 3, variables, sessions: 20, rates: { quiet: 0 } }),
      variables,
      // The tables are looked at after each load, and a late event may have to wait for another of its session.
      { seed: 3, loads: repeats, late: 0 },
    )
    let database: TestDatabase
    before(async () => {
      database = await server.open()
      await createAtomic(database)
    })
    after(() => database.close())

    test('those that wait succeed one after another, the others exit with 3, and the tables are right', async context => {
      const project = temporaryProject({
        'seshat.yml': `name: t\nprofile: test\nvars: ${JSON.stringify(variables)}\n`,
        'profiles.yml': database.profiles,
      })
      for (const [round, load] of loads.entries()) {
        await loadAtomic(database, load)
        const results: readonly CommandResult[] = await Promise.all(
          Array.from({ length: processes }, (_, index) =>
            project.seshat(
              'run',
              '--threads',
              '1',
              '--target-path',
              `target-${index}`,
              ...(index % 2 === 0 ? ['--wait', '1h'] : []),
            ),
          ),
        )
        const codes = results.map(({ code }) => code)
        context.diagnostic(`round ${round + 1}: ${codes.join(' ')}`)
        for (const [index, { code, stdout, stderr }] of results.entries()) {
          assert.ok(code === 0 || (code === 3 && index % 2 === 1), `${index}: ${code}\n${stdout}${stderr}`)
          if (code === 3) assert.match(stderr, /^error\[locked\]/)
        }
        await assertWebTables(
          database,
          webModel(joined(loads.slice(0, round + 1)), variables),
          `round ${round}`,
        )
      }
    })
  })
}
