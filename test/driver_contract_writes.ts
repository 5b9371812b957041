// The part of the driver contract about writing: transactions and loads.

import assert from 'node:assert/strict'
import { before, test } from 'node:test'
import { faultsOf, schema, statementFaultOf, type Tested } from './driver_fixtures.js'
import type { Subject } from './driver_subjects.js'

export function transactionTests({ driver, valuesOf }: Tested, { dialect }: Subject): void {
  const all = async () => (await driver().execute(`select a from ${schema}.ledger order by a`)).rows.flat()
  before(() =>
    driver().execute(`create table ${schema}.ledger (a integer primary key deferrable initially deferred)`),
  )
  const insert = (value: number) => driver().execute(`insert into ${schema}.ledger values (${value})`)

  test('transaction: commits, and gives what the work gave', async () => {
    assert.equal(await driver().transaction(async () => (await insert(1)).rowCount), 1)
    assert.deepEqual(await all(), [1])
  })

  test('transaction: rolls back and throws what the work threw', async () => {
    const reason = new Error('no')
    const work = driver().transaction(async () => {
      await insert(2)
      await driver().execute(`delete from ${schema}.ledger where a = 1`)
      throw reason
    })
    assert.equal(await work.catch(thrown => thrown), reason)
    assert.deepEqual(await all(), [1])
  })

  if (!dialect.ddlCommits)
    test('transaction: rolls changes of the schema back', async () => {
      const work = driver().transaction(async () => {
        await driver().execute(`create table ${schema}.never (a integer)`)
        throw new Error('no')
      })
      await assert.rejects(work, /no/)
      assert.deepEqual(await valuesOf(dialect.tableExists({ schema, name: 'never' })), [false])
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

  test('transaction: an error of the commit itself is thrown, and nothing is written', async () => {
    const work = driver().transaction(async () => {
      await insert(4)
      await insert(1)
    })
    const fault = await statementFaultOf(work)
    assert.equal(fault.sql, 'commit')
    assert.equal(fault.diagnostics[0]?.code, 'statement-failed')
    assert.deepEqual(await all(), [1])
  })

  test('transaction: does not nest', async () => {
    const nested = driver().transaction(() => driver().transaction(async () => 1))
    await assert.rejects(nested, /not to be nested/)
    await driver().transaction(() => insert(5))
    assert.deepEqual(await all(), [1, 5])
  })
}

export function loadTests({ driver, valuesOf }: Tested): void {
  const relation = (name: string) => ({ schema, name })

  test('load: the types of the table parse, NULL is not the empty string, columns may be left out', async () => {
    await driver().execute(`create table ${schema}.seed (id integer, name varchar(100), code varchar(3), ok boolean,
      ratio float, at timestamp, on_day date, rest varchar(10) default 'rest')`)
    const nasty = `a'b"c\\d\\n\r\n\t,{} ? $1 żółć 🦉 \u0001\u2028`
    const columns = ['name', 'ID', 'code', 'ok', 'ratio', 'at', 'on_day']
    const rows = [
      [nasty, '1', 'abc', 'yes', '1.5e3', '2024-01-31 09:15:00.5', '2024-01-31'],
      ['', '-2', '', 'f', 'NaN', '1999-12-31 00:00:00', null],
      [null, '3', null, null, null, null, null],
    ]
    assert.equal(await driver().load(relation('seed'), columns, rows), 3)
    assert.deepEqual(
      (
        await driver().execute(
          `select id, name, code, ok, ratio, at, on_day, rest from ${schema}.seed order by id`,
        )
      ).rows,
      [
        [-2, '', '', false, Number.NaN, '1999-12-31 00:00:00', null, 'rest'],
        [1, nasty, 'abc', true, 1500, '2024-01-31 09:15:00.5', '2024-01-31', 'rest'],
        [3, null, null, null, null, null, null, 'rest'],
      ],
    )
  })

  // More than any driver sends at once.
  const many = 26_000

  test('load: many rows arrive, each once, and later loads append', async () => {
    await driver().execute(`create table ${schema}.many (a integer, b varchar(100))`)
    const rows = Array.from({ length: many }, (_, i) => [String(i), 'x'.repeat(20)])
    assert.equal(await driver().load(relation('many'), ['a', 'b'], rows), many)
    assert.equal(await driver().load(relation('many'), ['a', 'b'], [['-1', 'y']]), 1)
    assert.equal(await driver().load(relation('many'), ['a', 'b'], []), 0)
    const sums = `select count(*), count(distinct a), sum(a), sum(length(b)) from ${schema}.many`
    assert.deepEqual(await valuesOf(sums), [26_001, 26_001, 337_987_000 - 1, 520_001])
  })

  test('load: all rows or none', async () => {
    await driver().execute(`create table ${schema}.whole (a integer, b varchar(100))`)
    const rows = [...Array.from({ length: many }, (_, i) => [String(i), null]), ['eleven', null]]
    const fault = await statementFaultOf(driver().load(relation('whole'), ['a', 'b'], rows))
    assert.match(fault.message, /eleven/)
    assert.deepEqual(await valuesOf(`select count(*) from ${schema}.whole`), [0])
  })

  test('load: takes part in a transaction', async () => {
    await driver().execute(`create table ${schema}.part (a integer)`)
    const work = driver().transaction(async () => {
      await driver().load(relation('part'), ['a'], [['1']])
      throw new Error('no')
    })
    await assert.rejects(work, /no/)
    assert.deepEqual(await valuesOf(`select count(*) from ${schema}.part`), [0])
  })

  test('load: a value that is too long, cannot be stored or has no column is an error', async () => {
    await driver().execute(`create table ${schema}.narrow (a varchar(3))`)
    const load = (columns: string[], ...row: (string | null)[]) =>
      driver().load(relation('narrow'), columns, [row])
    await statementFaultOf(load(['a'], 'abcd'))
    await statementFaultOf(load(['c'], 'a'))
    for (const row of [['a\0'], ['\ud800'], ['a', 'b']]) {
      assert.equal((await faultsOf(load(['a'], ...row))).diagnostics[0]?.code, 'bad-seed-value')
    }
    const nowhere = await faultsOf(driver().load(relation('nowhere'), ['a'], [['a']]))
    assert.equal(nowhere.diagnostics[0]?.code, 'missing-relation')
    assert.deepEqual(await valuesOf(`select count(*) from ${schema}.narrow`), [0])
  })
}

export function readingTests({ driver, valuesOf }: Tested, { dialect }: Subject): void {
  const rows = async () =>
    (await driver().execute(`select a from ${schema}.read_only order by a`)).rows.flat()
  before(async () => {
    await driver().execute(`create table ${schema}.read_only (a integer)`)
    await driver().execute(`insert into ${schema}.read_only values (1)`)
  })

  test('reading: gives what the work gave', async () => {
    assert.deepEqual(await driver().reading(() => valuesOf(`select a from ${schema}.read_only`)), [1])
  })

  test('reading: what is written is refused or rolled back', async () => {
    const writes = [
      `insert into ${schema}.read_only values (2)`,
      `update ${schema}.read_only set a = 3`,
      `delete from ${schema}.read_only`,
    ]
    for (const sql of writes) {
      await driver()
        .reading(() => driver().execute(sql))
        .catch(() => undefined)
      assert.deepEqual(await rows(), [1], sql)
    }
  })

  if (!dialect.ddlCommits)
    test('reading: the server refuses what writes', async () => {
      const fault = await statementFaultOf(
        driver().reading(() => driver().execute(`insert into ${schema}.read_only values (2)`)),
      )
      assert.equal(fault.sqlstate, '25006')
    })

  test('reading: throws what the work threw, and the session goes on', async () => {
    const reason = new Error('no')
    assert.equal(
      await driver()
        .reading(() => Promise.reject(reason))
        .catch(thrown => thrown),
      reason,
    )
    await driver().execute(`insert into ${schema}.read_only values (4)`)
    assert.deepEqual(await rows(), [1, 4])
    await driver().execute(`delete from ${schema}.read_only where a = 4`)
  })
}
