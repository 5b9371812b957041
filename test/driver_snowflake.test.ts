// The driver of Snowflake: the real snowflake-sdk against a server that speaks its protocol and executes on the emulation.

import assert from 'node:assert/strict'
import { after, before, describe, test } from 'node:test'
import type { Driver } from '../adapters/driver.js'
import { connectSnowflake, type SnowflakeConnection } from '../adapters/snowflake/driver.js'
import { codeOf, faultsOf, statementFaultOf } from './driver_fixtures.js'
import { snowflakeEmulation } from './emulation/snowflake.js'
import { type SnowflakeServer, startSnowflakeServer } from './emulation/snowflake_server.js'
import { connectTo } from './module_runs.js'
import { databases, type TestDatabase } from './support.js'

const secret = 'planted-s3cret'

for (const { name, open: openDatabase } of databases) {
  describe(`snowflake on ${name}`, () => {
    let database: TestDatabase
    let server: SnowflakeServer
    let connection: SnowflakeConnection
    const opened: Driver[] = []
    const open = async (more: Partial<SnowflakeConnection> = {}, application = 'seshat test') => {
      const driver = await connectSnowflake({ ...connection, ...more }, application)
      opened.push(driver)
      return driver
    }
    before(async () => {
      database = await openDatabase()
      const first = await connectTo(database)
      for (const sql of snowflakeEmulation.setUp) await first.execute(sql)
      await first.execute('create schema kept')
      await database.release()
      // PGlite takes one connection, so all sessions share it there.
      const shared = {
        ...first,
        execute: first.execute.bind(first),
        cancel: () => first.cancel(),
        close: async () => {},
      }
      if (name !== 'PGlite') await first.close()
      const openSession = async (): Promise<Driver> => {
        if (name === 'PGlite') return shared as unknown as Driver
        const session = await connectTo(database)
        await session.execute('set standard_conforming_strings = off')
        return session
      }
      server = await startSnowflakeServer({ openSession, user: 'ada', password: secret })
      connection = {
        account: 'test',
        user: 'ada',
        password: secret,
        database: 'web',
        host: '127.0.0.1',
        port: server.port,
        protocol: 'http',
      }
    })
    after(async () => {
      await Promise.all(opened.map(driver => driver.close()))
      await server.stop()
      await database.close()
    })

    test('execute: numbers, booleans, NULL, texts and times come back as what they are', async () => {
      const driver = await open()
      const text = `żółć 🦉 \\\\ '' " ?`
      const sql = `select 1 as one, -5 as minus, 9007199254740991 as exact, 9007199254740993 as large, 0.5::float8 as half, true as yes,
        null as nothing, '${text}' as words, timestamp '2024-01-31 09:15:00' as at, timestamp '2024-01-31 09:15:00.1234' as finely, '' as empty`
      const { columns, rows } = await driver.execute(sql)
      assert.deepEqual(columns.slice(0, 3), ['one', 'minus', 'exact'])
      assert.deepEqual(rows, [
        [
          1,
          -5,
          Number.MAX_SAFE_INTEGER,
          '9007199254740993',
          0.5,
          true,
          null,
          `żółć 🦉 \\ ' " ?`,
          '2024-01-31 09:15:00',
          '2024-01-31 09:15:00.1234',
          '',
        ],
      ])
    })

    test('execute: rowCount is the rows changed or returned, 0 for all else', async () => {
      const driver = await open()
      const counts: number[] = []
      for (const sql of [
        'create transient table kept.counted as select 1 as a',
        'insert into kept.counted values (6), (7)',
        'update kept.counted set a = a where a > 4',
        'delete from kept.counted where a = 1',
        'select a from kept.counted',
        'drop table kept.counted',
      ])
        counts.push((await driver.execute(sql)).rowCount)
      assert.deepEqual(counts, [0, 2, 2, 1, 2, 0])
    })

    test('execute: an error has message, SQLSTATE and place, and the session goes on', async () => {
      const driver = await open()
      const sql = 'select 1,\n  no_such_column'
      const fault = await statementFaultOf(driver.execute(sql))
      assert.equal(fault.sqlstate, '42703')
      assert.equal(fault.position, sql.indexOf('no_such'))
      assert.equal(codeOf(fault), 'statement-failed')
      assert.equal(
        codeOf(await faultsOf(driver.execute('select * from kept.no_such_table'))),
        'missing-relation',
      )
      assert.deepEqual((await driver.execute('select 1')).rows, [[1]])
    })

    test('transaction: commits, and rolls back what failed', async () => {
      const driver = await open()
      await driver.execute('create table kept.written (a integer)')
      await driver.transaction(() => driver.execute('insert into kept.written values (1)'))
      const failing = driver.transaction(async () => {
        await driver.execute('insert into kept.written values (2)')
        throw new Error('stop')
      })
      await assert.rejects(failing, /stop/)
      assert.deepEqual((await driver.execute('select a from kept.written')).rows, [[1]])
    })

    test('load: NULL is not the empty text, the types of the table parse, all rows or none', async () => {
      const driver = await open()
      const table = { schema: 'kept', name: 'loaded' }
      await driver.execute('create table kept.loaded (name varchar, number integer, at timestamp_ntz)')
      const rows = [
        ['', '1', '2024-01-31 09:15:00.5'],
        [null, null, null],
        ["o'hara \\ ?", '-3', '1999-12-31 00:00:00'],
      ]
      assert.equal(await driver.load(table, ['name', 'number', 'at'], rows), 3)
      assert.deepEqual(
        (await driver.execute('select name, number, at from kept.loaded order by number')).rows,
        [
          ["o'hara \\ ?", -3, '1999-12-31 00:00:00'],
          ['', 1, '2024-01-31 09:15:00.5'],
          [null, null, null],
        ],
      )
      await faultsOf(driver.load(table, ['number'], [['4'], ['five']]))
      assert.equal((await driver.execute('select count(*) from kept.loaded')).rows[0]?.[0], 3)
    })

    test('lock: all or none, and the fault says who holds it', async () => {
      const [first, second] = [await open({}, 'seshat run host:1'), await open()]
      const keys = ['a', 'b'].map(key => ({ schema: 'kept', name: key }))
      const lock = await first.lock(keys.slice(1), 'run')
      const fault = await faultsOf(second.lock(keys, 'run'))
      assert.equal(fault.exitCode, 3)
      assert.match(fault.message, /seshat run host:1, since \d{4}-\d\d-\d\d/)
      await lock.release()
      await (await second.lock(keys, 'run')).release()
    })

    test('connect: what is wrong is said, and no secret with it', async () => {
      const wrong = await faultsOf(open({ password: `${secret}-wrong` }))
      assert.equal(codeOf(wrong), 'login-failed')
      assert.equal(wrong.exitCode, 2)
      assert.equal(JSON.stringify(wrong.diagnostics).includes(secret), false)
      const key = await faultsOf(open({ private_key_path: '/no/such/key.p8' }))
      assert.equal(codeOf(key), 'bad-private-key')
      const nobody = await faultsOf(open({ port: 1, connect_timeout: 2 }))
      assert.equal(codeOf(nobody), 'connection-failed')
    })

    test('connect: the session is set to UTC and one text for times, with a tag', async () => {
      await open({ query_tag: "nightly 'web'", statement_timeout: 60 })
      const settings = server.requests
        .map(({ body }) => body.sqlText ?? '')
        .filter(sql => /^alter session/.test(sql))
      assert.match(
        settings.at(-1) ?? '',
        /TIMEZONE = 'UTC'.*QUERY_TAG = 'nightly ''web''' STATEMENT_TIMEOUT_IN_SECONDS = 60/,
      )
    })

    test('close: twice does no harm, and what comes after it is refused', async () => {
      const driver = await open()
      await Promise.all([driver.close(), driver.close()])
      await driver.cancel()
      assert.equal(codeOf(await faultsOf(driver.execute('select 1'))), 'connection-lost')
    })

    if (name !== 'PGlite')
      test('cancel: stops a statement within 3 s, and the session goes on', { timeout: 20_000 }, async () => {
        const driver = await open()
        const started = Date.now()
        const running = faultsOf(driver.execute('select pg_sleep(30)'))
        await new Promise(resolve => setTimeout(resolve, 300))
        await driver.cancel()
        assert.equal(codeOf(await running), 'statement-cancelled')
        assert.ok(Date.now() - started < 3000)
        assert.deepEqual((await driver.execute('select 1')).rows, [[1]])
      })
  })
}
