// The part of the driver contract about writing: transactions and loads.

import assert from 'node:assert/strict'
import { before, test } from 'node:test'
import type { Driver } from '../adapters/driver.js'
import { faultsOf, schema, statementFaultOf, type ValuesOf } from './driver_fixtures.js'

export function transactionTests(driver: () => Driver, valuesOf: ValuesOf): void {
  const all = async () => (await driver().execute(`select a from ${schema}.ledger order by a`)).rows.flat()
  before(() =>
    driver().execute(`create table ${schema}.ledger (a int primary key deferrable initially deferred)`),
  )
  const insert = (value: number) => driver().execute(`insert into ${schema}.ledger values (${value})`)

  test('transaction: commits, and gives what the work gave', async () => {
    assert.equal(await driver().transaction(async () => (await insert(1)).rowCount), 1)
    assert.deepEqual(await all(), [1])
  })

  test('transaction: rolls back and throws what the work threw, schema changes included', async () => {
    const reason = new Error('no')
    const work = driver().transaction(async () => {
      await insert(2)
      await driver().execute(`create table ${schema}.never (a int)`)
      throw reason
    })
    assert.equal(await work.catch(thrown => thrown), reason)
    assert.deepEqual(await all(), [1])
    assert.deepEqual(await valuesOf(`select to_regclass('${schema}.never')`), [null])
  })

  test('transaction: a failed statement whose error was dropped does not pass for a commit', async () => {
    const work = driver().transaction(async () => {
      await insert(3)
      await driver()
        .execute('select nope')
        .catch(() => undefined)
    })
    assert.match((await statementFaultOf(work)).message, /rolled back/)
    assert.deepEqual(await all(), [1])
  })

  test('transaction: an error of the commit itself is thrown', async () => {
    const work = driver().transaction(async () => {
      await insert(4)
      await insert(1)
    })
    assert.equal((await statementFaultOf(work)).sqlstate, '23505')
    assert.deepEqual(await all(), [1])
  })

  test('transaction: does not nest', async () => {
    const nested = driver().transaction(() => driver().transaction(async () => 1))
    await assert.rejects(nested, /not to be nested/)
    await driver().transaction(() => insert(5))
    assert.deepEqual(await all(), [1, 5])
  })
}

export function loadTests(driver: () => Driver, valuesOf: ValuesOf): void {
  const relation = (name: string) => ({ schema, name })

  test('load: the types of the table parse, NULL is not the empty string, columns may be left out', async () => {
    await driver().execute(`create table ${schema}.seed (id int, name text, code varchar(3), ok boolean, ratio float8,
      at timestamp, doc jsonb, list int[], raw bytea, bits bit(3), padded char(2), rest text default 'rest')`)
    const nasty = `a'b"c\\d\\n\r\n\t,{} żółć 🦉 \u0001\u2028`
    const columns = ['name', 'ID', 'code', 'ok', 'ratio', 'at', 'doc', 'list', 'raw', 'bits', 'padded']
    const rows = [
      [nasty, '1', 'abc', 'yes', '1e3', '2024-01-31T09:15:00', '{"a": "x"}', '{1,2}', '\\x00ff', '101', 'x'],
      ['', '2', '', 'f', 'NaN', null, '"text"', '{}', '', null, null],
      [null, '3', null, null, null, null, null, null, null, null, null],
    ]
    assert.equal(await driver().load(relation('seed'), columns, rows), 3)
    assert.deepEqual((await driver().execute(`select * from ${schema}.seed order by id`)).rows, [
      [
        1,
        nasty,
        'abc',
        true,
        1000,
        '2024-01-31 09:15:00',
        '{"a": "x"}',
        '{1,2}',
        '\\x00ff',
        '101',
        'x ',
        'rest',
      ],
      [2, '', '', false, Number.NaN, null, '"text"', '{}', '\\x', null, null, 'rest'],
      [3, null, null, null, null, null, null, null, null, null, null, 'rest'],
    ])
  })

  test('load: many rows arrive, each once, and later loads append', async () => {
    await driver().execute(`create table ${schema}.many (a int, b text)`)
    const rows = Array.from({ length: 12_001 }, (_, i) => [String(i), 'x'.repeat(600)])
    assert.equal(await driver().load(relation('many'), ['a', 'b'], rows), 12_001)
    assert.equal(await driver().load(relation('many'), ['a', 'b'], [['-1', 'y']]), 1)
    assert.equal(await driver().load(relation('many'), ['a', 'b'], []), 0)
    const sums = `select count(*), count(distinct a), sum(a), sum(length(b)) from ${schema}.many`
    assert.deepEqual(await valuesOf(sums), [12_002, 12_002, (12_000 * 12_001) / 2 - 1, 7_200_601])
  })

  test('load: all rows or none', async () => {
    await driver().execute(`create table ${schema}.whole (a int)`)
    const rows = [...Array.from({ length: 11_000 }, (_, i) => [String(i)]), ['eleven']]
    const fault = await statementFaultOf(driver().load(relation('whole'), ['a'], rows))
    assert.match(fault.message, /invalid input syntax for type integer: "eleven"/)
    assert.deepEqual(await valuesOf(`select count(*) from ${schema}.whole`), [0])
  })

  test('load: takes part in a transaction', async () => {
    await driver().execute(`create table ${schema}.part (a int)`)
    const work = driver().transaction(async () => {
      await driver().load(relation('part'), ['a'], [['1']])
      throw new Error('no')
    })
    await assert.rejects(work, /no/)
    assert.deepEqual(await valuesOf(`select count(*) from ${schema}.part`), [0])
  })

  test('load: a value that is too long, cannot be stored or has no column is an error', async () => {
    await driver().execute(`create table ${schema}.narrow (a varchar(3), b char(1))`)
    const load = (columns: string[], ...row: (string | null)[]) =>
      driver().load(relation('narrow'), columns, [row])
    assert.equal((await statementFaultOf(load(['a'], 'abcd'))).sqlstate, '22001')
    assert.equal((await statementFaultOf(load(['b'], 'ab'))).sqlstate, '22001')
    assert.equal((await statementFaultOf(load(['c'], 'a'))).sqlstate, '42703')
    for (const row of [['a\0'], ['\ud800'], ['a', 'b']]) {
      assert.equal((await faultsOf(load(['a'], ...row))).diagnostics[0]?.code, 'bad-seed-value')
    }
    const nowhere = await faultsOf(driver().load(relation('nowhere'), ['a'], [['a']]))
    assert.equal(nowhere.diagnostics[0]?.code, 'missing-relation')
    assert.deepEqual(await valuesOf(`select count(*) from ${schema}.narrow`), [0])
  })
}
