// The part of the driver contract about sessions: how statements are stopped, how sessions end, what they lock.

import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { setTimeout as pause } from 'node:timers/promises'
import type { Driver, Lock } from '../adapters/driver.js'
import { codeOf, faultsOf, schema } from './driver_fixtures.js'
import type { OpenSubject, Subject } from './driver_subjects.js'

type Connect = OpenSubject['connect']

/** @param connect each test has its drivers closed before the next: there may be no second one at a time */
export function lifeTests(subject: Subject, connect: Connect, lose: OpenSubject['lose']): void {
  describe('life', () => {
    stopTests(subject, connect)
    lossTests(subject, connect, lose)
    lockTests(subject, connect)

    test('close: twice does no harm, and what comes after it is refused', async () => {
      const driver = await connect()
      const lock = await driver.lock([{ schema, name: 'a' }], 'run')
      await Promise.all([driver.close(), driver.close()])
      await driver.close()
      await driver.cancel()
      await lock.release()
      assert.equal(codeOf(await faultsOf(driver.execute('select 1'))), 'connection-lost')
      assert.equal(codeOf(await faultsOf(driver.transaction(async () => 1))), 'connection-lost')
      assert.equal(codeOf(await faultsOf(driver.lock([{ schema, name: 'a' }], 'run'))), 'connection-lost')
    })
  })
}

function stopTests({ sql: own, can }: Subject, connect: Connect): void {
  test('cancel: does nothing between statements', async () => {
    const driver = await connect()
    await driver.cancel()
    assert.deepEqual((await driver.execute('select 1')).rows, [[1]])
    await driver.close()
  })

  for (const sql of [own.wait(30), ...own.endless]) {
    test(`cancel: stops ${sql.slice(0, 20)}... within 3 s`, { timeout: 30_000 }, async () => {
      const driver = await connect()
      const running = faultsOf(driver.execute(sql))
      await pause(300)
      const asked = Date.now()
      await driver.cancel()
      const fault = await running
      assert.ok(Date.now() - asked < 3000, `${Date.now() - asked} ms`)
      assert.equal(codeOf(fault), 'statement-cancelled')
      assert.equal(fault.exitCode, 1)
      const next = await driver.execute('select 1').then(({ rows }) => rows, codeOf)
      assert.deepEqual(next, can.goOnAfterCancel ? [[1]] : 'connection-lost')
      await driver.close()
    })
  }

  if (can.limitStatements)
    test('statement_timeout: ends a statement, and the fault names the key', {
      timeout: 30_000,
    }, async () => {
      const driver = await connect({ statementSeconds: 1 })
      const started = Date.now()
      const fault = await faultsOf(driver.execute(own.wait(25)))
      assert.ok(Date.now() - started < 10_000, `${Date.now() - started} ms`)
      assert.equal(codeOf(fault), 'statement-cancelled')
      assert.match(fault.message, /statement_timeout|statement or warehouse timeout of 1 second/)
      assert.match(
        fault.diagnostics[0]?.hint ?? '',
        /Raise statement_timeout in the profile \((milli)?seconds/,
      )
      assert.deepEqual((await driver.execute('select 1')).rows, [[1]])
      await driver.close()
    })
}

function lossTests({ dialect, can }: Subject, connect: Connect, lose: OpenSubject['lose']): void {
  const table = `${schema}_lost.kept`
  const keep = async (driver: Driver): Promise<void> => {
    await driver.execute(dialect.createSchema(`${schema}_lost`))
    await driver.execute(`create table ${table} (a integer)`)
    await driver.execute(`insert into ${table} values (1)`)
  }
  /** What a new driver finds, which also takes everything away. */
  const found = async (): Promise<unknown> => {
    const driver = await connect()
    const { rows } = await driver.execute(`select a from ${table}`)
    await driver.transaction(() => driver.execute(`insert into ${table} values (3)`))
    await driver.execute(`drop schema ${schema}_lost cascade`)
    await driver.close()
    return rows
  }

  test('loss: everything after it is refused, the transaction undone, and a new driver goes on', async () => {
    const driver = await connect()
    await keep(driver)
    const work = driver.transaction(async () => {
      await driver.execute(`insert into ${table} values (2)`)
      await lose(driver)
      await driver.execute('select 1')
    })
    const fault = await faultsOf(work)
    assert.equal(codeOf(fault), 'connection-lost')
    assert.equal(fault.exitCode, 1)
    assert.ok(fault.diagnostics[0]?.cause)
    assert.ok(fault.diagnostics[0]?.hint)
    assert.equal(codeOf(await faultsOf(driver.execute('select 1'))), 'connection-lost')
    assert.equal(codeOf(await faultsOf(driver.transaction(async () => 1))), 'connection-lost')
    assert.equal(codeOf(await faultsOf(driver.lock([{ schema, name: 'a' }], 'run'))), 'connection-lost')
    await driver.cancel()
    await driver.close()
    assert.deepEqual(await found(), [[1]])
  })

  if (can.beLostFromOutside)
    test('loss: in the commit it leaves the outcome open, and the fault says so', async () => {
      const driver = await connect()
      await keep(driver)
      const fault = await faultsOf(driver.transaction(() => lose(driver)))
      assert.equal(codeOf(fault), 'connection-lost')
      assert.match(fault.message, /wholly done or wholly undone/)
      await driver.close()
      assert.deepEqual(await found(), [[1]])
    })
}

function lockTests({ can }: Subject, connect: Connect): void {
  const keysOf = (...names: readonly string[]) => names.map(name => ({ schema: `${schema}_lock`, name }))
  /** By a run of its own; where there can be one session, connecting is what it is refused. */
  const another = async (...names: readonly string[]): Promise<{ driver: Driver; lock: Lock }> => {
    const driver = await connect()
    return { driver, lock: await driver.lock(keysOf(...names), 'run') }
  }

  test('lock: is granted, checked, given back and granted again', async () => {
    const driver = await connect()
    const lock = await driver.lock(keysOf('a', 'b', 'a'), 'run')
    await lock.check()
    await lock.release()
    await lock.release()
    await (await driver.lock(keysOf('a'), 'run')).release()
    await driver.lock(keysOf('a'), 'run')
    await driver.close()
  })

  if (can.contend)
    test('lock: is refused while another has one of it, whom and since when the fault says', async () => {
      const first = await connect({ application: 'seshat run host:1' })
      await first.lock(keysOf('b'), 'run')
      const fault = await faultsOf(another('a', 'b', 'c'))
      assert.equal(codeOf(fault), 'locked')
      assert.equal(fault.exitCode, 3)
      assert.match(
        fault.message,
        / that (run|test) needs: seshat run, process \d+ on \S+.*, since \d{4}-\d\d-\d\d \d\d:\d\d:\d\d UTC\.$/,
      )
      assert.ok(fault.diagnostics[0]?.hint)
      await first.close()
      await (await another('a', 'b', 'c')).driver.close()
    })

  if (can.contend && can.haveManySessions)
    test('lock: is all or none, and others can have the rest', async () => {
      const first = await connect()
      const held = await first.lock(keysOf('b'), 'run')
      const second = await connect()
      assert.equal(codeOf(await faultsOf(second.lock(keysOf('a', 'b', 'c'), 'run'))), 'locked')
      const rest = await another('a', 'c')
      assert.equal(codeOf(await faultsOf(second.lock(keysOf('c', 'd'), 'run'))), 'locked')
      await held.release()
      const lock = await second.lock(keysOf('b', 'd'), 'run')
      await lock.check()
      for (const driver of [rest.driver, second, first]) await driver.close()
    })
}
