// What the compiler relies on in every driver, as one suite; test/driver.test.ts applies it to each of them.

import assert from 'node:assert/strict'
import { after, before, describe, test } from 'node:test'
import type { Driver, Value } from '../adapters/driver.js'
import { loadTests, transactionTests } from './driver_contract_writes.js'
import { codeOf, faultsOf, schema, statementFaultOf, type ValuesOf } from './driver_fixtures.js'

export interface ContractOptions {
  /** Whether the driver can go on after cancel() has stopped a statement. */
  readonly survivesCancel: boolean
}

const role = `${schema}_reader`

/**
 * Registers the suite. `open` gives a driver that nobody else uses, and the suite closes it; two are open at
 * once, and the last ones are cancelled.
 */
export function driverContract(name: string, open: () => Promise<Driver>, options: ContractOptions): void {
  describe(name, () => {
    let driver: Driver
    before(async () => {
      driver = await open()
      await driver.execute(`create schema ${schema}`)
    })
    after(async () => {
      await driver.execute(`drop schema ${schema} cascade`)
      await driver.execute(`drop role if exists ${role}`)
      await driver.close()
    })
    const valuesOf = async (sql: string, parameters: (string | null)[] = []): Promise<readonly Value[]> =>
      (await driver.execute(sql, parameters)).rows[0] ?? []

    resultTests(() => driver, valuesOf)
    errorTests(() => driver, valuesOf)
    transactionTests(() => driver, valuesOf)
    loadTests(() => driver, valuesOf)
    lifeTests(open, options)
  })
}

function resultTests(driver: () => Driver, valuesOf: ValuesOf): void {
  test('execute: integers and floats are numbers, booleans booleans, NULL null', async () => {
    const sql = `select 1::int2, (-2147483648)::int4, 1.5::float4, 0.1::float8 + 0.2, true, false, null::int, null::text`
    assert.deepEqual(await valuesOf(sql), [1, -2147483648, 1.5, 0.30000000000000004, true, false, null, null])
  })

  test('execute: a bigint is a number while that is exact, else its text', async () => {
    const sql = `select 9007199254740991, 9007199254740992, -9007199254740991, -9223372036854775808, count(*)`
    const expected = [Number.MAX_SAFE_INTEGER, '9007199254740992', Number.MIN_SAFE_INTEGER]
    assert.deepEqual(await valuesOf(sql), [...expected, '-9223372036854775808', 1])
  })

  test('execute: all other types come as the text of Postgres, times in UTC', async () => {
    const values: Record<string, string> = {
      "timestamp '2024-01-31 09:15:00'": '2024-01-31 09:15:00',
      "timestamp '2024-01-31 09:15:00.123456'": '2024-01-31 09:15:00.123456',
      "timestamptz '2024-03-31 01:30:00+02'": '2024-03-30 23:30:00+00',
      "timestamp 'infinity'": 'infinity',
      "date '0044-03-15 BC'": '0044-03-15 BC',
      "time '09:15'": '09:15:00',
      "interval '1 day 2 hours'": '1 day 02:00:00',
      '12345678901234567890.1230::numeric': '12345678901234567890.1230',
      'array[1, null, 2]': '{1,NULL,2}',
      "array[timestamp '2024-01-31 09:15:00']": '{"2024-01-31 09:15:00"}',
      'jsonb \'{"b": 1, "a": [null]}\'': '{"a": [null], "b": 1}',
      "bytea '\\x00ff'": '\\x00ff',
      "uuid 'A0EEBC99-9C0B-4EF8-BB6D-6BB9BD380A11'": 'a0eebc99-9c0b-4ef8-bb6d-6bb9bd380a11',
      "'x'::char(3)": 'x  ',
      'row(1, null)': '(1,)',
    }
    assert.deepEqual(await valuesOf(`select ${Object.keys(values).join(', ')}`), Object.values(values))
  })

  test('execute: text survives both ways, whatever is in it', async () => {
    const text = `żółć 🦉 \\ ' " $1 \t\r\n \u0001 \u2028 e\u0301`
    assert.deepEqual(
      await valuesOf('select $1::text, length($2::text), $3::text, $4::text is null', [text, '🦉', '', null]),
      [text, 1, '', true],
    )
    assert.deepEqual(await valuesOf(`select 'żółć 🦉 \\ ''x'`), [`żółć 🦉 \\ 'x`])
  })

  test('execute: columns keep order and name, two of one name as well', async () => {
    const result = await driver().execute('select 1 as a, 2 as b, 3 as a union all select 4, 5, 6 order by 1')
    assert.deepEqual(result, {
      columns: ['a', 'b', 'a'],
      rows: [
        [1, 2, 3],
        [4, 5, 6],
      ],
      rowCount: 2,
    })
  })

  test('execute: rowCount is the rows changed or returned, 0 for all else', async () => {
    const counts: number[] = []
    for (const sql of [
      `create table ${schema}.counted as select g as a from generate_series(1, 5) as g`,
      `insert into ${schema}.counted values (6), (7)`,
      `update ${schema}.counted set a = a where a > 4`,
      `delete from ${schema}.counted where a = 1 returning a`,
      `select a from ${schema}.counted where a < 4`,
      `drop table ${schema}.counted`,
      '-- nothing',
      'select 1 where false;',
    ]) {
      counts.push((await driver().execute(sql)).rowCount)
    }
    assert.deepEqual(counts, [5, 2, 3, 1, 2, 0, 0, 0])
  })

  test('execute: statements that are not waited for run one after the other', async () => {
    await driver().execute(`create table ${schema}.queue (a int)`)
    const inserts = Array.from({ length: 20 }, (_, i) =>
      driver().execute(
        `insert into ${schema}.queue select ${i} where (select count(*) from ${schema}.queue) = ${i}`,
      ),
    )
    assert.deepEqual(
      (await Promise.all(inserts)).map(({ rowCount }) => rowCount),
      Array(20).fill(1),
    )
  })
}

function errorTests(driver: () => Driver, valuesOf: ValuesOf): void {
  test('execute: an error has message, SQLSTATE and place in the SQL, and the session goes on', async () => {
    const sql = `select 1,\n  '🦉 żółć' as owl, nope`
    const fault = await statementFaultOf(driver().execute(sql))
    assert.equal(fault.sql, sql)
    assert.equal(sql.slice(fault.position), 'nope')
    assert.equal(fault.sqlstate, '42703')
    assert.equal(fault.exitCode, 1)
    assert.equal(fault.diagnostics[0]?.code, 'statement-failed')
    assert.equal(fault.diagnostics[0]?.message, 'column "nope" does not exist')
    assert.deepEqual(await valuesOf('select 1'), [1])
  })

  test('execute: an error without a place has none, and the cause has the detail of the server', async () => {
    await driver().execute(`create table ${schema}.once (a int primary key)`)
    await driver().execute(`insert into ${schema}.once values (1)`)
    const fault = await statementFaultOf(driver().execute(`insert into ${schema}.once values (1)`))
    assert.equal(fault.position, undefined)
    assert.match(
      fault.diagnostics[0]?.cause ?? '',
      /SQLSTATE 23505: .*\nDetail: Key \(a\)=\(1\) already exists\./,
    )
  })

  test('execute: a missing relation and a missing privilege have codes of their own', async () => {
    const missing = await statementFaultOf(driver().execute(`select 1 from ${schema}.not_there`))
    assert.equal(missing.diagnostics[0]?.code, 'missing-relation')
    await driver().execute(`create table ${schema}.private (a int)`)
    await driver().execute(`create role ${role}`)
    await driver().execute(`grant usage on schema ${schema} to ${role}`)
    await driver().execute(`set role ${role}`)
    const denied = await statementFaultOf(driver().execute(`select a from ${schema}.private`))
    await driver().execute('reset role')
    await driver().execute(`revoke usage on schema ${schema} from ${role}`)
    assert.equal(denied.diagnostics[0]?.code, 'missing-privilege')
  })

  test('execute: takes one statement and no more', async () => {
    const fault = await statementFaultOf(driver().execute('select 1; select 2'))
    assert.equal(fault.sqlstate, '42601')
  })

  test('execute: U+0000 in a statement or a parameter is an error, not the end of the text', async () => {
    assert.equal((await statementFaultOf(driver().execute(`select 1 -- \0\n, nope`))).sqlstate, '22021')
    assert.equal((await statementFaultOf(driver().execute('select $1::text', ['a\0b']))).sqlstate, '22021')
    assert.deepEqual(await valuesOf('select 1'), [1])
  })

  test('execute: endless recursion is an error of the statement, not the end of the session', async () => {
    await driver().execute(
      `create function ${schema}.deep(i int) returns int language plpgsql as $$ begin return ${schema}.deep(i + 1); end $$`,
    )
    assert.equal((await statementFaultOf(driver().execute(`select ${schema}.deep(1)`))).sqlstate, '54001')
    assert.deepEqual(await valuesOf('select 1'), [1])
  })
}

function lifeTests(open: () => Promise<Driver>, { survivesCancel }: ContractOptions): void {
  test('cancel: does nothing between statements', async () => {
    const driver = await open()
    await driver.cancel()
    assert.deepEqual((await driver.execute('select 1')).rows, [[1]])
    await driver.close()
  })

  test('lock: is granted, given back and granted again', async () => {
    const driver = await open()
    const lock = await driver.lock(
      [
        { schema, name: 'a' },
        { schema, name: 'b' },
        { schema, name: 'a' },
      ],
      'test',
    )
    await lock.release()
    await lock.release()
    await (await driver.lock([{ schema, name: 'a' }], 'test')).release()
    await driver.lock([{ schema, name: 'a' }], 'test')
    await driver.close()
  })

  test('close: twice does no harm, and what comes after it is refused', async () => {
    const driver = await open()
    const lock = await driver.lock([{ schema, name: 'a' }], 'test')
    await Promise.all([driver.close(), driver.close()])
    await driver.close()
    await driver.cancel()
    await lock.release()
    assert.equal(codeOf(await faultsOf(driver.execute('select 1'))), 'connection-lost')
  })

  const endless =
    'with recursive n (i) as (select 1 union all select (i + 1) % 1000 from n) select count(*) from n'
  for (const sql of ['select pg_sleep(30)', endless]) {
    test(`cancel: stops ${sql.slice(0, 20)}... within 3 s`, { timeout: 20_000 }, async () => {
      const driver = await open()
      try {
        const running = faultsOf(driver.execute(sql))
        await new Promise(resolve => setTimeout(resolve, 300))
        const asked = Date.now()
        await driver.cancel()
        const fault = await running
        assert.ok(Date.now() - asked < 3000, `${Date.now() - asked} ms`)
        assert.equal(fault.diagnostics[0]?.code, 'statement-cancelled')
        const next = await driver.execute('select 1').then(({ rows }) => rows, codeOf)
        assert.deepEqual(next, survivesCancel ? [[1]] : 'connection-lost')
      } finally {
        await driver.close()
      }
    })
  }
}
