// A lease that is taken over from a run that was not heard of for too long: what that run commits it commits before its
// successor begins, or not at all. With the drivers of Redshift and Snowflake on a real Postgres server, which has sessions.

import assert from 'node:assert/strict'
import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { after, before, describe, test } from 'node:test'
import { setTimeout as sleep } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import type { Driver, Lock } from '../adapters/driver.js'
import { BatchRunner } from '../compiler/batch_runner.js'
import { codeOf, faultsOf, schema } from './driver_fixtures.js'
import { type OpenSubject, type Subject, subjects } from './driver_subjects.js'
import { quickRetries } from './module_runs.js'

const child = fileURLToPath(new URL('./lease_child.js', import.meta.url))
const key = { schema: `${schema}_takeover`, name: 'output' }
const table = `${key.schema}.kept`
const lapse = `update ${key.schema}.seshat_lease_output set expires = '2000-01-01'`

/** All but its own. */
const endSessions = (driver: Driver): Promise<unknown> =>
  driver.execute(
    'select pg_terminate_backend(pid) from pg_stat_activity where datname = current_database() and pid <> pg_backend_pid()',
  )

const isLeased = ({ name }: Subject): boolean => /^(redshift|snowflake) on Postgres$/.test(name)
for (const subject of subjects.filter(isLeased))
  describe(`the lease of ${subject.name}`, { timeout: 120_000 }, () => {
    let database: OpenSubject
    const opened: Driver[] = []
    const open = async (): Promise<Driver> => {
      const driver = await database.connect()
      opened.push(driver)
      return driver
    }
    const held = async (): Promise<{ driver: Driver; lock: Lock }> => {
      const driver = await open()
      return { driver, lock: await driver.lock([key], 'run') }
    }
    const rows = async (driver: Driver): Promise<unknown> =>
      (await driver.execute(`select a from ${table} order by a`)).rows
    before(async () => {
      database = await subject.start()
      const { driver, lock } = await held()
      await driver.execute(`create table ${table} (a integer)`)
      await lock.release()
    })
    after(async () => {
      await Promise.all(opened.map(driver => driver.close()))
      await database.stop()
    })

    test('between the check and the commit nobody takes it over, however long that lasts', async () => {
      const [first, other] = [await held(), await open()]
      await other.execute(`delete from ${table}`)
      await other.execute(lapse)
      const story: string[] = []
      const second = await open()
      let taken: Promise<Lock> | undefined
      await first.driver.transaction(async () => {
        await first.driver.execute(`insert into ${table} values (1)`)
        await first.lock.check(first.driver)
        taken = second.lock([key], 'run').then(lock => {
          story.push('taken over')
          return lock
        })
        await sleep(700)
        story.push('committed')
      })
      const lock = await taken
      assert.deepEqual(story, ['committed', 'taken over'])
      assert.deepEqual(await rows(second), [[1]], 'the successor sees what was committed')
      assert.equal(codeOf(await faultsOf(first.lock.check())), 'lock-lost')
      await first.lock.release()
      await lock?.check()
      await lock?.release()
    })

    test('a holder that is silent in its commit is not robbed: its successor is refused in a few seconds', async () => {
      const [first, other] = [await held(), await open()]
      await other.execute(lapse)
      await first.driver.transaction(async () => {
        await first.lock.check(first.driver)
        const refusal = await faultsOf((await open()).lock([key], 'run'))
        assert.equal(codeOf(refusal), 'locked')
        assert.equal(refusal.exitCode, 3)
      })
      await first.lock.check()
      await first.lock.release()
    })

    test('two transactions of one run commit under it at once', async () => {
      const [{ driver, lock }, worker] = [await held(), await open()]
      await driver.execute(`delete from ${table}`)
      const write = (own: Driver, row: number): Promise<void> =>
        own.transaction(async () => {
          await own.execute(`insert into ${table} values (${row})`)
          await lock.check(own)
        })
      await Promise.all([write(driver, 1), write(worker, 2)])
      assert.deepEqual(await rows(driver), [[1], [2]])
      await lock.release()
    })

    test('a statement outside of transactions: is not begun after the clock has jumped and another took over', async context => {
      const { driver, lock } = await held()
      await driver.execute(`delete from ${table}`)
      const runner = new BatchRunner(
        driver,
        { lock, signal: new AbortController().signal, retries: quickRetries },
        'step',
      )
      const insert = (row: number) => ({
        transaction: false,
        statements: [{ purpose: 'a row', sql: `insert into ${table} values (${row})` }],
      })
      const now = Date.now.bind(Date)
      context.mock.method(Date, 'now', () => now() + 200_000)
      await runner.run(insert(1)) // nobody has taken it, so it is renewed
      await (await open()).execute(lapse)
      const successor = await held()
      context.mock.method(Date, 'now', () => now() + 400_000)
      assert.equal(codeOf(await faultsOf(runner.run(insert(2)))), 'lock-lost')
      assert.deepEqual(await rows(driver), [[1]])
      await successor.lock.release()
      await lock.release()
    })

    test('its connection is cut: the lease is kept on another one, and given back', async () => {
      const { driver, lock } = await held()
      const other = await open()
      await (subject.name.startsWith('snowflake') ? database.lose(other) : endSessions(other))
      await lock.check()
      await lock.release()
      await (await held()).lock.release()
      await driver.close()
    })
  })

const redshift = subjects.find(({ name }) => name === 'redshift on Postgres')
if (redshift)
  describe('a process that was suspended', { timeout: 120_000 }, () => {
    test('SIGSTOP in a transaction, taken over, SIGCONT: it commits nothing and says why', async () => {
      const database = await redshift.start()
      const other = await database.connect()
      try {
        const name = String((await other.execute('select current_database()')).rows[0]?.[0])
        const process_ = startChild(name)
        const output = await until(process_, 'in a transaction')
        process_.kill('SIGSTOP')
        await other.execute(lapse)
        const lock = await other.lock([key], 'run')
        await other.transaction(async () => {
          await other.execute(`insert into ${table} values (2)`)
          await lock.check(other)
        })
        process_.stdin?.write('go on\n')
        process_.kill('SIGCONT')
        const [code] = (await once(process_, 'close')) as [number]
        assert.equal(code, 1, output())
        assert.match(output(), /lock-lost: Another run has taken over the lock on/)
        assert.deepEqual((await other.execute(`select a from ${table}`)).rows, [[2]])
      } finally {
        await other.close()
        await database.stop()
      }
    })
  })

function startChild(database: string): ChildProcess {
  return spawn(process.execPath, [child, database, key.schema, table], { stdio: 'pipe' })
}

/** Waits for a text of its output; gives what it has said at the time of asking. */
async function until(process_: ChildProcess, text: string): Promise<() => string> {
  let said = ''
  for (const stream of [process_.stdout, process_.stderr])
    stream?.on('data', chunk => {
      said += String(chunk)
    })
  while (!said.includes(text)) {
    assert.equal(process_.exitCode, null, said)
    await sleep(50)
  }
  return () => said
}
