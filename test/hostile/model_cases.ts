// Names of models, what they refer to, their hooks, and values on their way into SQL.

import { type HostileCase, settings } from './case.js'

const model = (name: string, sql: string | Uint8Array, ...expect: readonly string[]): HostileCase => ({
  name: `model: ${name}`,
  files: { 'models/m.sql': sql },
  expect: expect.length === 0 ? 'ok' : expect,
})
const repeated = (count: number, text: string): string => text.repeat(count)
const named = (name: string, ...expect: readonly string[]): HostileCase => ({
  name: `model called ${name.length > 40 ? `${name.slice(0, 40)}...` : JSON.stringify(name)}`,
  files: { [`models/${name}.sql`]: 'select 1 as one' },
  expect: expect.length === 0 ? 'ok' : expect,
})

export const cases: readonly HostileCase[] = [
  // Names.
  named('__proto__', 'bad-identifier models/__proto__.sql:1'),
  named('constructor'),
  named('toString'),
  named('hasOwnProperty'),
  named('select'),
  named('a b', 'bad-identifier models/a b.sql:1'),
  named("a'b", "bad-identifier models/a'b.sql:1"),
  named('a"; drop table x; --', 'bad-identifier models/a"; drop table x; --.sql:1'),
  named('a\nb', 'bad-identifier models/a\\nb.sql:1'),
  named('-rf', 'bad-identifier models/-rf.sql:1'),
  named('\u0455essions', 'bad-identifier models/\u0455essions.sql:1'),
  named('a\u200bb', 'bad-identifier models/a\\u{200b}b.sql:1'),
  named('a\u202eb', 'bad-identifier models/a\\u{202e}b.sql:1'),
  named('a\u001b[31mb', 'bad-identifier models/a\\u{1b}[31mb.sql:1'),
  named('n'.repeat(200), `bad-identifier models/${'n'.repeat(200)}.sql:1`),
  named('1st', 'bad-identifier models/1st.sql:1'),
  named('a.b.c', 'bad-identifier models/a.b.c.sql:1'),
  named('plain.setup', 'bad-identifier models/plain.setup.sql:1'),
  {
    name: 'models that differ in case alone',
    files: { 'models/Mine.sql': 'select 1 as one', 'models/mine.sql': 'select 1 as one' },
    expect: ['duplicate-table models/mine.sql:1'],
  },
  {
    name: 'models of one name in two folders',
    files: { 'models/a/m.sql': 'select 1 as one', 'models/b/m.sql': 'select 1 as one' },
    expect: ['duplicate-model models/b/m.sql:1'],
  },
  // Refs.
  model('a ref to itself', "select 1 from {{ ref('m') }}", 'cycle models/m.sql:1'),
  model('a ref to __proto__', "select 1 from {{ ref('__proto__') }}", 'unknown-ref models/m.sql:1'),
  model('a ref to constructor', "select 1 from {{ ref('constructor') }}", 'unknown-ref models/m.sql:1'),
  model(
    'a ref to 10,000 letters',
    `select 1 from {{ ref('${repeated(10_000, 'x')}') }}`,
    'unknown-ref models/m.sql:1',
  ),
  model(
    'a ref that is computed, with SQL in it',
    "{% set x = 'a; drop table b' %}select 1 from {{ ref(x) }}",
    'bad-ref models/m.sql:1',
  ),
  model(
    'a source with SQL in it',
    "select 1 from {{ source('a', 'b; drop table c') }}",
    'bad-identifier models/m.sql:1',
  ),
  model(
    'a source out of the schema',
    "select 1 from {{ source('a', 'b\"') }}",
    'bad-identifier models/m.sql:1',
  ),
  model(
    'a config with SQL in it',
    "{{ config(materialized='table', schema='x; drop') }}select 1",
    'bad-config models/m.sql:1',
  ),
  model(
    'a unique key with SQL in it',
    "{{ config(materialized='incremental', unique_key='x; drop', time_key='t') }}select 1",
    'bad-config models/m.sql:1',
  ),
  model('a config that is a text', "{{ config('table') }}select 1", 'bad-config models/m.sql:1'),
  model('a var of nothing', 'select {{ var() }}', 'unknown-variable models/m.sql:1'),
  model('a var called __proto__', "select {{ var('__proto__') }}", 'unknown-variable models/m.sql:1'),
  model('a var called constructor', "select {{ var('constructor', 1) }} as x"),
  model(
    'a hook that never ends',
    "{{ config(materialized='table', post_hook='{% for i in range(99999) %}{% for j in range(99999) %}{% endfor %}{% endfor %}') }}select 1",
    'template-too-large models/m.sql (post_hook 1):1',
  ),
  model(
    'a hook that reaches out',
    "{{ config(materialized='table', post_hook=\"{{ ''.constructor }}\") }}select 1",
    'template-forbidden models/m.sql (post_hook 1):1',
  ),
  model(
    'a hook that is no template',
    "{{ config(materialized='table', post_hook='{{ x') }}select 1",
    'template-syntax models/m.sql (post_hook 1):1',
  ),
  // Values that are meant to become SQL.
  ...[
    "'; drop table x; --",
    "\\'; drop table x; --",
    '/* */',
    '--',
    '$$;drop table x;$$',
    '\u02bc; drop table x',
    '";drop',
    'a\nb; drop',
  ].map(
    (value): HostileCase => ({
      name: `value in SQL: ${JSON.stringify(value)}`,
      files: {
        ...settings(`vars: ${JSON.stringify({ custom: { path: value } })}\n`),
        'models/m.sql': "select '{{ var('path') }}' as x",
      },
      expect: ['unsafe-variable models/m.sql:1'],
    }),
  ),
  ...[
    'trim',
    'upper',
    "replace('x', 'y')",
    'safe',
    'string',
    'list',
    'join',
    'e',
    'default(1)',
    'indent(2)',
    'length',
    'first',
    'sort',
    'dump',
    'title',
    'reverse',
    'batch(2)',
    'urlencode',
    'striptags',
    'truncate(3)',
    'wordcount',
    'int',
    'float',
    'capitalize',
    'nl2br',
    'last',
  ].map(
    (filter): HostileCase => ({
      name: `value in SQL through the filter ${filter}`,
      files: {
        ...settings('vars: {custom: {path: "\'; drop table x; --"}}\n'),
        'models/m.sql': `select '{{ var('path') | ${filter} }}' as x`,
      },
      expect: ['unsafe-variable models/m.sql:1'],
      notInSql: ['drop table x'],
    }),
  ),
  ...[
    "var('path') ~ ''",
    "var('path') + ''",
    "var('path')[0]",
    "var('path').length",
    "var('path').split('')",
    "[var('path')]",
    "'' if var('path') == 1 else var('path')",
    "[var('path')].join('')",
    "var('path') in 'x'",
    "{a: var('path')}.a",
  ].map(
    (expression): HostileCase => ({
      name: `value in SQL through ${expression}`,
      files: {
        ...settings('vars: {custom: {path: "\'; drop table x; --"}}\n'),
        'models/m.sql': `select '{{ ${expression} }}' as x`,
      },
      expect: ['unsafe-variable models/m.sql:1'],
      notInSql: ['drop table x'],
    }),
  ),
  {
    name: 'value in SQL, quoted',
    files: {
      ...settings('vars: {custom: {path: "\'; drop table x; --"}}\n'),
      'models/m.sql': "select {{ literal(var('path')) }} as x",
    },
    expect: 'ok',
    inSql: ["'''; drop table x; --'"],
  },
]
