// What the compiler relies on in every driver, as one suite. test/driver.test.ts applies it to each subject; what differs
// between warehouses stands with the subjects, not here.

import assert from 'node:assert/strict'
import { after, before, describe, test } from 'node:test'
import type { Driver, Value } from '../adapters/driver.js'
import { lifeTests } from './driver_contract_life.js'
import { loadTests, readingTests, transactionTests } from './driver_contract_writes.js'
import { plantedSecret, schema, statementFaultOf, type Tested } from './driver_fixtures.js'
import { postgresTests } from './driver_postgres_contract.js'
import type { OpenSubject, Subject } from './driver_subjects.js'

export function driverContract(subject: Subject): void {
  describe(subject.name, () => {
    let database: OpenSubject
    const connected: Driver[] = []
    const connect: OpenSubject['connect'] = async how => {
      const driver = await database.connect(how)
      connected.push(driver)
      return driver
    }
    before(async () => {
      database = await subject.start()
    })
    // Also what a failed test left open, or this process would not end.
    after(async () => {
      for (const driver of connected) await driver.close()
      await database.stop()
    })

    describe('statements', () => {
      let driver: Driver
      before(async () => {
        driver = await connect()
        await driver.execute(`create schema ${schema}`)
      })
      after(async () => {
        await driver.execute(`drop schema ${schema} cascade`)
        await driver.close()
      })
      const tested: Tested = {
        driver: () => driver,
        valuesOf: async (sql, parameters) => (await driver.execute(sql, parameters)).rows[0] ?? [],
      }
      resultTests(tested, subject)
      errorTests(tested, subject)
      transactionTests(tested, subject)
      readingTests(tested, subject)
      loadTests(tested)
      if (subject.isPostgres) postgresTests(tested)
    })
    lifeTests(subject, connect, driver => database.lose(driver))
  })
}

function resultTests({ driver, valuesOf }: Tested, { sql: own, dialect }: Subject): void {
  const values: readonly (readonly [sql: string, expected: Value])[] = [
    ['1', 1],
    ['cast(-2147483648 as integer)', -2147483648],
    ['9007199254740991', Number.MAX_SAFE_INTEGER],
    ['9007199254740992', '9007199254740992'],
    ['-9007199254740991', Number.MIN_SAFE_INTEGER],
    ['-9223372036854775808', '-9223372036854775808'],
    ['cast(1.5 as float)', 1.5],
    ['cast(0.1 as float) + cast(0.2 as float)', 0.30000000000000004],
    ["cast('12345678901234567890.1230' as numeric(24, 4))", '12345678901234567890.1230'],
    ['true', true],
    ['false', false],
    ['cast(null as integer)', null],
    ['cast(null as varchar)', null],
    ['cast(null as timestamp)', null],
    ["''", ''],
    ["'null'", 'null'],
    ["cast('2024-01-31 09:15:00' as timestamp)", '2024-01-31 09:15:00'],
    ["cast('2024-01-31 09:15:00.123456' as timestamp)", '2024-01-31 09:15:00.123456'],
    ["cast('2024-03-31 02:30:00.5' as timestamp)", '2024-03-31 02:30:00.5'],
    ["cast('1969-12-31 23:59:59.25' as timestamp)", '1969-12-31 23:59:59.25'],
    ["cast('9999-12-31 23:59:59' as timestamp)", '9999-12-31 23:59:59'],
    ["cast('2024-01-31' as date)", '2024-01-31'],
    ["cast('1969-12-31' as date)", '1969-12-31'],
  ]
  test('execute: each type comes back as what it is, numbers while they are exact', async () => {
    const columns = values.map(([sql], index) => `${sql} as v${index}`)
    assert.deepEqual(
      await valuesOf(`select ${columns.join(', ')}`),
      values.map(([, expected]) => expected),
    )
  })

  test('execute: columns of numbers are told apart from texts of digits', async () => {
    const { numbers, rows } = await driver().execute(
      "select '1' as t, 1 as i, cast(1.5 as float) as f, cast('12345678901234567890.10' as numeric(24, 2)) as n, true as b",
    )
    assert.deepEqual(numbers, [1, 2, 3])
    assert.deepEqual(rows, [['1', 1, 1.5, '12345678901234567890.10', true]])
  })

  test('execute: text survives both ways, whatever is in it', async () => {
    const text = `żółć 🦉 \\ \\n ' '' " $1 ? \t\r\n \u0001 \u2028 e\u0301`
    const [first, second, third, fourth] = [1, 2, 3, 4].map(n => `cast(${own.parameter(n)} as varchar)`)
    assert.deepEqual(
      await valuesOf(`select ${first}, length(${second}), ${third}, ${fourth} is null`, [
        text,
        '🦉',
        '',
        null,
      ]),
      [text, 1, '', true],
    )
    assert.deepEqual(await valuesOf(`select ${dialect.literal(text)}`), [text])
  })

  test('execute: columns keep order and name, two of one name as well', async () => {
    assert.deepEqual(
      await driver().execute('select 1 as a, 2 as b, 3 as a union all select 4, 5, 6 order by 1'),
      {
        columns: ['a', 'b', 'a'],
        numbers: [0, 1, 2],
        rows: [
          [1, 2, 3],
          [4, 5, 6],
        ],
        rowCount: 2,
      },
    )
  })

  test('execute: rowCount is the rows changed or returned, 0 for all else', async () => {
    const counts: number[] = []
    for (const sql of [
      `create table ${schema}.counted (a integer)`,
      `insert into ${schema}.counted values (6), (7), (8)`,
      `insert into ${schema}.counted select a from ${schema}.counted where a > 100`,
      `update ${schema}.counted set a = a where a > 6`,
      `delete from ${schema}.counted where a = 6`,
      `-- why\nselect a from ${schema}.counted`,
      `with none as (select a from ${schema}.counted where a > 100) select a from none`,
      `drop table ${schema}.counted`,
    ]) {
      counts.push((await driver().execute(sql)).rowCount)
    }
    assert.deepEqual(counts, [0, 3, 0, 2, 1, 2, 0, 0])
  })

  test('execute: statements that are not waited for run one after the other', async () => {
    await driver().execute(`create table ${schema}.queue (a integer)`)
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

function errorTests({ driver, valuesOf }: Tested, { sql: own, can }: Subject): void {
  test('execute: an error has message, SQLSTATE and place in the SQL, and the session goes on', async () => {
    const sql = `select 1,\n  'żółć' as word, nope`
    const fault = await statementFaultOf(driver().execute(sql))
    assert.equal(fault.sql, sql)
    assert.equal(sql.slice(fault.position), 'nope')
    assert.match(fault.sqlstate, /^[0-9A-Z]{5}$/)
    assert.equal(fault.exitCode, 1)
    assert.equal(fault.diagnostics[0]?.code, 'statement-failed')
    assert.match(fault.diagnostics[0]?.message ?? '', /nope/)
    assert.match(fault.diagnostics[0]?.cause ?? '', new RegExp(`SQLSTATE ${fault.sqlstate}`))
    assert.deepEqual(await valuesOf('select 1'), [1])
  })

  test('execute: a missing relation has a code of its own, and a hint', async () => {
    const { diagnostics } = await statementFaultOf(driver().execute(`select 1 from ${schema}.not_there`))
    assert.equal(diagnostics[0]?.code, 'missing-relation')
    assert.match(diagnostics[0]?.message ?? '', /not_there/i)
    assert.ok(diagnostics[0]?.hint)
  })

  test('execute: a missing privilege has a code of its own, and a hint', async () => {
    await driver().execute(`create table ${schema}.private (a integer)`)
    for (const sql of own.becomeStranger) await driver().execute(sql)
    try {
      const { diagnostics } = await statementFaultOf(driver().execute(`select a from ${schema}.private`))
      assert.equal(diagnostics[0]?.code, 'missing-privilege')
      assert.match(diagnostics[0]?.message ?? '', /private/i)
      assert.ok(diagnostics[0]?.hint)
    } finally {
      for (const sql of [...own.becomeOneself, ...own.forgetStranger]) await driver().execute(sql)
    }
  })

  test('execute: takes one statement and no more', async () => {
    await driver().execute(`create table ${schema}.single (a integer)`)
    await statementFaultOf(driver().execute(`select 1; insert into ${schema}.single values (1)`))
    assert.deepEqual(await valuesOf(`select count(*) from ${schema}.single`), [0])
  })

  test('execute: U+0000 in a statement or a parameter is an error, not the end of the text', async () => {
    await statementFaultOf(driver().execute('select 1 -- \0\n, nope'))
    await statementFaultOf(driver().execute(`select cast(${own.parameter(1)} as varchar)`, ['a\0b']))
    assert.deepEqual(await valuesOf('select 1'), [1])
  })

  if (can.haveSecrets)
    test('execute: a secret that the server repeats is hidden', async () => {
      const fault = await statementFaultOf(
        driver().execute(`select 1, cast('${plantedSecret}' as integer) as number`),
      )
      assert.match(fault.message, /"\*\*\*"/)
      assert.match(fault.diagnostics[0]?.cause ?? '', /"\*\*\*"/)
    })
}
