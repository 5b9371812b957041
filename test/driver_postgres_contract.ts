// What Postgres promises beyond the contract of all drivers: its own types as text, its SQLSTATEs, its functions.

import assert from 'node:assert/strict'
import { test } from 'node:test'
import { schema, statementFaultOf, type Tested } from './driver_fixtures.js'

export function postgresTests({ driver, valuesOf }: Tested): void {
  test('execute: all types of Postgres come as its text, times in UTC', async () => {
    const values: Record<string, string> = {
      "timestamptz '2024-03-31 01:30:00+02'": '2024-03-30 23:30:00+00',
      "timestamp 'infinity'": 'infinity',
      "date '0044-03-15 BC'": '0044-03-15 BC',
      "time '09:15'": '09:15:00',
      "interval '1 day 2 hours'": '1 day 02:00:00',
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

  test('execute: small types of numbers are numbers', async () => {
    assert.deepEqual(await valuesOf('select 1::int2, 1.5::float4, count(*)'), [1, 1.5, 1])
  })

  test('execute: rowCount of what only Postgres has', async () => {
    const counts: number[] = []
    for (const sql of [
      `create table ${schema}.counted as select g as a from generate_series(1, 5) as g`,
      `delete from ${schema}.counted where a = 1 returning a`,
      '-- nothing',
      'select 1 where false;',
    ]) {
      counts.push((await driver().execute(sql)).rowCount)
    }
    assert.deepEqual(counts, [5, 1, 0, 0])
  })

  test('execute: each error has its SQLSTATE, and its place after characters of two units', async () => {
    const sql = `select 1,\n  '🦉 żółć' as owl, nope`
    const fault = await statementFaultOf(driver().execute(sql))
    assert.equal(sql.slice(fault.position), 'nope')
    assert.equal(fault.sqlstate, '42703')
    assert.equal(fault.diagnostics[0]?.message, 'column "nope" does not exist')
    for (const [failing, sqlstate] of [
      ['select 1; select 2', '42601'],
      ['select 1 -- \0', '22021'],
      [`insert into ${schema}.short values ('ab')`, '22001'],
    ] as const) {
      await driver().execute(`create table if not exists ${schema}.short (a char(1))`)
      assert.equal((await statementFaultOf(driver().execute(failing))).sqlstate, sqlstate)
    }
    assert.equal((await statementFaultOf(driver().execute('select $1::text', ['a\0b']))).sqlstate, '22021')
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

  test('execute: endless recursion is an error of the statement, not the end of the session', async () => {
    await driver().execute(
      `create function ${schema}.deep(i int) returns int language plpgsql as $$ begin return ${schema}.deep(i + 1); end $$`,
    )
    assert.equal((await statementFaultOf(driver().execute(`select ${schema}.deep(1)`))).sqlstate, '54001')
    assert.deepEqual(await valuesOf('select 1'), [1])
  })

  test('load: the types of Postgres parse', async () => {
    await driver().execute(`create table ${schema}.typed (at timestamp, doc jsonb, list int[], raw bytea, bits bit(3),
      padded char(2))`)
    const columns = ['at', 'doc', 'list', 'raw', 'bits', 'padded']
    const rows = [
      ['2024-01-31T09:15:00', '{"a": "x"}', '{1,2}', '\\x00ff', '101', 'x'],
      [null, '"text"', '{}', '', null, null],
    ]
    assert.equal(await driver().load({ schema, name: 'typed' }, columns, rows), 2)
    assert.deepEqual((await driver().execute(`select * from ${schema}.typed`)).rows, [
      ['2024-01-31 09:15:00', '{"a": "x"}', '{1,2}', '\\x00ff', '101', 'x '],
      [null, '"text"', '{}', '\\x', null, null],
    ])
  })
}
