// seshat show on an embedded database: selects of the command line, what they may not do, and what is said where a table is gone.

import assert from 'node:assert/strict'
import { before, describe, test } from 'node:test'
import { temporaryProject } from './support.js'

const project = temporaryProject({
  'seshat.yml': 'name: shown\nvars: {start_date: 2024-01-01, custom: {least: 2}}\n',
  'seeds/fruit.csv': 'name,n\npear,3\nfig,1\nkiwi,2\n',
  'models/kept.sql': "{{ config(materialized='table') }}\nselect name, n from {{ ref('fruit') }}\n",
  'models/many.sql':
    "{{ config(materialized='ephemeral') }}\nselect name, n from {{ ref('kept') }} where n >= {{ var('least') }}\n",
  'macros/twice.sql': '{% macro twice(x) %}2 * {{ x }}{% endmacro %}\n',
})
const inline = (select: string, ...options: readonly string[]) =>
  project.seshat('show', '--inline', select, ...options)
const csv = async (select: string, ...options: readonly string[]): Promise<string> => {
  const { code, stdout, stderr } = await inline(select, '--output', 'csv', ...options)
  assert.equal(code, 0, stderr)
  return stdout
}
const kept = "{{ ref('kept') }}"

before(async () => {
  const built = await project.seshat('build', '--select', '+kept')
  assert.equal(built.code, 0, built.stderr)
})

describe('show --inline', () => {
  test('ref, source, var and macros: mean what they mean in a model', async () => {
    const select = `select k.name, {{ twice('k.n') }} as n2 from ${kept} as k
inner join {{ source('derived', 'kept') }} as s on s.name = k.name
where k.n >= {{ var('least') }}
order by k.n desc -- the last line is a comment`
    assert.equal(await csv(select), 'name,n2\r\npear,6\r\nkiwi,4\r\n')
  })

  test('an ephemeral model: is computed, by its name or by a ref', async () => {
    assert.equal(await csv("select name from {{ ref('many') }} order by n"), 'name\r\nkiwi\r\npear\r\n')
    const shown = await project.seshat('show', 'many', '--columns', 'n', '--output', 'csv')
    assert.deepEqual(new Set(shown.stdout.split('\r\n')), new Set(['n', '3', '2', '']), shown.stderr)
  })

  test('limit: ten rows, in the order of the select', async () => {
    const hundred = 'select g as n from generate_series(1, 100) as g order by g desc'
    const rows = (text: string): readonly string[] => text.trimEnd().split('\r\n').slice(1)
    assert.deepEqual(rows(await csv(hundred)), ['100', '99', '98', '97', '96', '95', '94', '93', '92', '91'])
    assert.deepEqual(rows(await csv(hundred, '--limit', '2')), ['100', '99'])
    assert.deepEqual(rows(await csv(`${hundred} limit 12`)).length, 12)
    assert.deepEqual(rows(await csv(`${hundred} limit 12`, '--limit', '2')), ['100', '99'])
    assert.deepEqual(rows(await csv(`${hundred} offset 97`)), ['3', '2', '1'])
  })

  test('json: numbers keep every digit, texts stay texts', async () => {
    const select = `select 9007199254740993 as big, 1.50::numeric as exact, 0.1::float8 as f, 'NaN'::float8 as nan,
'12' as t, true as b, null as nothing, 1 as n, 2 as n, date '2024-01-31' as d`
    assert.equal(
      (await inline(select, '--output', 'json')).stdout,
      `[
  {
    "big": 9007199254740993,
    "exact": 1.50,
    "f": 0.1,
    "nan": "NaN",
    "t": "12",
    "b": true,
    "nothing": null,
    "n": 1,
    "n_2": 2,
    "d": "2024-01-31"
  }
]
`,
    )
    assert.equal((await inline('select 1 as n where false', '--output', 'json')).stdout, '[]\n')
  })

  test('csv: quotes, commas and line ends are quoted, NULL is told from an empty text', async () => {
    const select = `select 'a,b' as "x,y", 'say "no"' as q, E'two\\nlines' as l, '' as empty, null as nothing`
    assert.equal(await csv(select), '"x,y",q,l,empty,nothing\r\n"a,b","say ""no""","two\nlines","",\r\n')
  })

  const faults: readonly (readonly [what: string, select: string, code: string, place: string])[] = [
    ['a column that is not there', `select\n  nope from ${kept}`, 'statement-failed', '2:3'],
    ['a ref to nothing', "select * from {{ ref('keept') }}", 'unknown-ref', '1:18'],
    ['a template that does not parse', "select {{ var('least' }}", 'template-syntax', '1:23'],
    [
      'a name in the argument of a macro',
      `select {{ twice('k.m') }} from ${kept} as k`,
      'statement-failed',
      '1:18',
    ],
    ['a column behind a ref', `select k.name, k.m from ${kept} as k`, 'statement-failed', '1:16'],
  ]
  for (const [what, select, code, place] of faults)
    test(`${what}: is shown in the text`, async () => {
      const { code: exit, stderr } = await inline(select)
      assert.equal(exit, 2)
      assert.ok(stderr.startsWith(`error[${code}]`), stderr)
      assert.ok(stderr.includes(`--> --inline:${place}\n`), stderr)
      const line = select.split('\n')[Number(place.split(':')[0]) - 1] ?? ''
      assert.ok(stderr.includes(`| ${line.trim()}`) || stderr.includes(`| ${line}`), stderr)
    })

  const writes: readonly string[] = [
    `delete from ${kept}`,
    `insert into ${kept} (name, n) values ('plum', 4)`,
    `with gone as (delete from ${kept} returning 1) select count(*) from gone`,
    `with x as (select 1) delete from ${kept}`,
    `select * into derived.copy from ${kept}`,
    `select 1; delete from ${kept}`,
    `select 1 limit 1) as x; delete from ${kept}; --`,
    'create table derived.made as select 1 as n',
    `select n from ${kept} for update`,
  ]
  test('what writes: is refused, and changes nothing', async () => {
    for (const select of writes) {
      const refused = await inline(select)
      assert.equal(refused.code, 2, select)
      assert.match(refused.stderr, /^error\[not-a-select\]/, select)
    }
    assert.equal(
      await csv(`select name, n from ${kept} order by n`),
      'name,n\r\nfig,1\r\nkiwi,2\r\npear,3\r\n',
    )
    const made = "select count(*) as n from pg_class where relname in ('made', 'copy')"
    assert.equal(await csv(made), 'n\r\n0\r\n')
  })

  test('tables of one run that were dropped: says which and how to keep them', async () => {
    const { code, stderr } = await inline("select * from {{ ref('sessions_this_run') }}")
    assert.equal(code, 2)
    assert.match(stderr, /^error\[missing-relation\]: scratch\.sessions_this_run holds the rows of one run/)
    assert.match(stderr, /--> --inline:1:18\n/)
    assert.match(stderr, /--vars '\{cleanup_mode: debug\}'.* in 'sessions'/)
    const several = (await project.seshat('show', 'base_progress')).stderr
    assert.equal(several.match(/rows of one run/g)?.length, 1, several)
    assert.match(several, /cleanup_mode: trace/)
  })

  test('tables that nobody has made: says what makes them', async () => {
    assert.match((await inline("select * from {{ ref('users') }}")).stderr, /seshat run --select users/)
    assert.match((await project.seshat('show', 'session_laws_x')).stderr, /there is no table/)
    const source = (await inline("select * from {{ source('shop', 'orders') }}")).stderr
    assert.match(source, /there is no table shop\.orders/)
  })

  test('usage: one model or one select', async () => {
    for (const words of [[], ['kept', 'fruit'], ['kept', '--inline', 'select 1'], ['sessions_values']])
      assert.match((await project.seshat('show', ...words)).stderr, /^error\[bad-usage\]/)
    assert.match((await inline('')).stderr, /^error\[empty-model\]/)
    assert.match((await inline('select 1 as \u0010n')).stderr, /^error\[unreadable-file\]/)
  })
})
