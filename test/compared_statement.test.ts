// Statements of two versions: which have the same tokens, which have them under neutral names alone, and what each does.

import assert from 'node:assert/strict'
import { test } from 'node:test'
import { comparedStatement, neutralNamesOf, neutralPurpose } from '../compiler/compared_statement.js'

const namesWith = (naming: Readonly<Record<string, string>>, tables: readonly string[] = []) =>
  neutralNamesOf({
    naming: {
      '': { scratch_schema: 'scratch', output_schema: 'derived', input_schema: 'atomic', ...naming },
    },
    tables,
    backslash_escapes: false,
  })
const plain = namesWith({})
const moved = namesWith({ scratch_schema: 'work', output_schema: 'Marts' })
const suffixed = namesWith({ entropy: '_T' }, ['orders', 'daily_orders'])

const read = (sql: string, names = plain) => comparedStatement({ purpose: 'test', sql }, names)

for (const [what, one, other, same] of [
  ['white space and the case of words', 'select A.x  from a', 'SELECT a.x\nfrom A', 'names'],
  ['comments', 'select 1 -- one', 'select /* the */ 1', 'names'],
  ['the case of a text', "select 'a'", "select 'A'", 'nothing'],
  ['a quoted name', 'select "A"', 'select "a"', 'nothing'],
  ['an operator', 'select 1 < 2', 'select 1 <= 2', 'nothing'],
  ['where a space makes two words', 'select ab', 'select a b', 'nothing'],
] as const)
  test(`statements that differ by ${what} have in common: ${same}`, () => {
    const [was, is] = [read(one), read(other)]
    assert.equal(was.names === is.names, same === 'names')
    assert.equal(was.tokens === is.tokens, same === 'names')
  })

for (const [what, before, sql, after, anew] of [
  ['a schema', plain, 'delete from derived.orders', moved, 'delete from marts.orders'],
  [
    'a schema to create',
    plain,
    'create schema if not exists scratch',
    moved,
    'create schema if not exists work',
  ],
  [
    'a schema in a text',
    plain,
    "select to_regclass('derived.orders')",
    moved,
    "select to_regclass('Marts.orders')",
  ],
  ['a schema by itself in a text', plain, "select 'scratch'", moved, "select 'work'"],
  ['a schema between dollars', plain, 'do $$ drop table scratch.a $$', moved, 'do $$ drop table work.a $$'],
  [
    'a table',
    plain,
    'select o.id from derived.orders as o',
    suffixed,
    'select o.id from derived.orders_t as o',
  ],
  [
    'a table before its columns',
    plain,
    'delete from derived.a where a.x = 1',
    suffixed,
    'delete from derived.a_t where a_t.x = 1',
  ],
  [
    'a table that is renamed',
    plain,
    'alter table derived.a rename to b',
    suffixed,
    'alter table derived.a_t rename to b_t',
  ],
  [
    'an index',
    plain,
    'create index orders_time_idx on derived.orders (time)',
    suffixed,
    'create index orders_t_time_idx on derived.orders_t (time)',
  ],
  ['the name of a table in a text', plain, "select 'orders'", suffixed, "select 'orders_t'"],
] as const)
  test(`under other names for ${what}: the same with neutral ones`, () => {
    const [was, is] = [read(sql, before), read(anew, after)]
    assert.notEqual(was.names, is.names)
    assert.equal(was.tokens, is.tokens)
  })

test('a text that only ends like a table is no name', () => {
  assert.notEqual(read("select 'other'", plain).tokens, read("select 'other_t'", suffixed).tokens)
})

test('a column that is called as a schema stays', () => {
  assert.notEqual(read('select derived', plain).tokens, read('select marts', moved).tokens)
})

for (const [sql, effect, select] of [
  ['drop table a', 'drop', undefined],
  ['create table a (b integer)', 'definition', undefined],
  ['analyze a', 'definition', undefined],
  ['grant select on a to b', 'definition', undefined],
  ['create view a as select 1', 'rows', undefined],
  ['create unlogged table a as select 1', 'rows', 'select 1'],
  ['create table a as with b as (select 1) select 2', 'rows', 'with b as (select 1) select 2'],
  ['insert into a select 1', 'rows', undefined],
] as const)
  test(`${sql}: ${effect}${select ? ', from a select' : ''}`, () => {
    const found = read(sql)
    assert.equal(found.effect, effect)
    // The select of another table that is made of the same.
    const expected = select && read(`create table other as ${select}`).select
    assert.equal(found.select, expected ?? null)
  })

test('when a statement runs is a part of it', () => {
  const bare = { purpose: 'test', sql: 'select 1' }
  const others = [
    { ...bare, only_if: ['missing: derived.a'] },
    { ...bare, transaction: true },
    { ...bare, when: 'base finds something new' },
    { ...bare, check: 'null-key' },
    { ...bare, makes_statements: true },
  ] as const
  const texts = [bare, ...others].map(statement => comparedStatement(statement, plain).names)
  assert.equal(new Set(texts).size, texts.length)
  const moves = comparedStatement({ ...bare, only_if: ['missing: marts.a'] }, moved)
  assert.equal(moves.tokens, comparedStatement({ ...bare, only_if: ['missing: derived.a'] }, plain).tokens)
})

test('what a statement is for reads the same under other names', () => {
  for (const [names, purpose] of [
    [plain, 'drop scratch.orders_rows of an earlier run'],
    [moved, 'drop work.orders_rows of an earlier run'],
    [suffixed, 'drop scratch.orders_rows_T of an earlier run'],
  ] as const)
    assert.equal(neutralPurpose(purpose, names), 'drop @scratch_schema.orders_rows of an earlier run')
  assert.equal(
    neutralPurpose('the schema marts', namesWith({ output_schema: 'marts' })),
    'the schema @output_schema',
  )
  assert.equal(neutralPurpose('write the rows of orders', plain), 'write the rows of orders')
})
