// Models and macros that never end, are nested deeply, or are large: what a template costs.

import type { HostileCase } from './case.js'

const model = (name: string, sql: string | Uint8Array, ...expect: readonly string[]): HostileCase => ({
  name: `model: ${name}`,
  files: { 'models/m.sql': sql },
  expect: expect.length === 0 ? 'ok' : expect,
})
const macro = (name: string, text: string, call: string, ...expect: readonly string[]): HostileCase => ({
  name: `macro: ${name}`,
  files: { 'macros/mine.sql': text, 'models/m.sql': `select ${call} as x` },
  expect: expect.length === 0 ? 'ok' : expect,
})
const tooLarge = (name: string, text: string, line = 1): HostileCase =>
  model(name, text, `template-too-large models/m.sql:${line}`)
const repeated = (count: number, text: string): string => text.repeat(count)

export const cases: readonly HostileCase[] = [
  // What never ends.
  tooLarge('a loop over 10 to the 12th numbers', '{% for i in range(1000000000000) %}{% endfor %}select 1'),
  tooLarge('a range without an end', '{% for i in range(0, 1, 0.0000000001) %}{% endfor %}select 1'),
  tooLarge(
    'loops in loops',
    `${repeated(6, '{% for i in range(1000) %}')}${repeated(6, '{% endfor %}')}select 1`,
  ),
  tooLarge(
    'a loop that writes',
    '{% for i in range(99999) %}{{ i }}xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx{% endfor %}select 1',
  ),
  tooLarge('a text that doubles', `{% set x = 'x' %}${repeated(28, '{% set x = x ~ x %}')}select '{{ x }}'`),
  tooLarge('a list that doubles', `{% set x = [1] %}${repeated(28, '{% set x = x.concat(x) %}')}select 1`),
  tooLarge(
    'lists that hold one another twice',
    `{% set x = [1] %}${repeated(40, '{% set x = [x, x] %}')}select '{{ x }}'`,
  ),
  tooLarge(
    'a list that grows in its own loop',
    '{% set xs = [1] %}{% for x in xs %}{% set y = xs.push(1) %}{% endfor %}select 1',
  ),
  tooLarge('a text that is repeated', "select '{{ 'x'.repeat(1000000000) }}'"),
  tooLarge('a text that is filled up', "select '{{ 'x'.padStart(1000000000) }}'"),
  tooLarge('a text that is centred', "select '{{ 'x' | center(1000000000) }}'"),
  tooLarge('a text that is indented', "select '{{ 'x' | indent(1000000000) }}'"),
  tooLarge('a list in 10 to the 9th slices', 'select {{ [1] | slice(1000000000) | length }}'),
  tooLarge('a batch that is filled up', "select {{ [1] | batch(1000000000, 'x') | length }}"),
  model(
    'a ref to lists that hold one another twice',
    `{% set x = [1] %}${repeated(40, '{% set x = [x, x] %}')}select 1 from {{ ref(x) }}`,
    'bad-ref models/m.sql:1',
  ),
  macro('calls itself', '{% macro again() %}{{ again() }}{% endmacro %}', 'again()'),
  macro(
    'calls itself without an end',
    '{% macro again() %}{{ again() }}{% endmacro %}',
    '{{ again() }}',
    'template-failed macros/mine.sql:1',
  ),
  macro(
    'calls itself twice',
    '{% macro again(n) %}{% if n > 0 %}{{ again(n - 1) }}{{ again(n - 1) }}{% endif %}{% endmacro %}',
    '{{ again(60) }}1',
    'template-too-large macros/mine.sql:1',
  ),
  macro(
    'two that call each other',
    '{% macro a() %}{{ b() }}{% endmacro %}{% macro b() %}{{ a() }}{% endmacro %}',
    '{{ a() }}',
    'template-failed macros/mine.sql:1',
  ),
  macro(
    'takes the name of another',
    '{% macro ref(x) %}1{% endmacro %}',
    '1',
    'duplicate-macro macros/mine.sql:1',
  ),
  macro('is called constructor', '{% macro constructor() %}1{% endmacro %}', '{{ constructor() }}'),
  macro(
    'is called __proto__',
    '{% macro __proto__() %}1{% endmacro %}',
    '{{ __proto__() }}',
    'template-syntax macros/mine.sql:1',
  ),
  macro('is called toString', '{% macro toString() %}1{% endmacro %}', '{{ toString() }}'),
  macro(
    'loops without an end when it is loaded',
    '{% for i in range(99999) %}{% for j in range(99999) %}{% endfor %}{% endfor %}',
    '1',
    'template-too-large macros/mine.sql:1',
  ),
  macro(
    'reaches out when it is loaded',
    "{% set x = ''.constructor %}",
    '1',
    'template-forbidden macros/mine.sql:1',
  ),
  macro('is not closed', '{% macro x() %}', '1', 'template-syntax macros/mine.sql:1'),
  macro(
    'takes a name that is code',
    '{% macro x(a"b) %}{% endmacro %}',
    '1',
    'template-syntax macros/mine.sql:1',
  ),
  macro(
    'is 20,000 macros that are not closed',
    repeated(20_000, '{% macro a '),
    '1',
    'template-syntax macros/mine.sql:1',
  ),
  // What looks through long texts and lists again and again.
  ...[
    "x.indexOf('b')",
    "x.includes('b')",
    'x.toUpperCase()',
    'x.trim()',
    'x | upper',
    "'b' in x",
    'x * 1',
    '-x',
    'x // 2',
    '(x ~ i)[3]',
    '{}[x ~ i]',
    "'b' in (x ~ i)",
    'x ~ i < x ~ 1',
    'x is upper',
    'literal(x)',
  ].map(expression =>
    tooLarge(
      `10,000 times ${expression}, of a long text`,
      `{% set x = 'a'.repeat(5000000) %}{% for i in range(10000) %}{% set y = ${expression} %}{% endfor %}select 1`,
    ),
  ),
  ...["x ~ ''", "x == 'a'", 'x * 1', 'x.indexOf(-1)', '-1 in x', 'range(90000)'].map(expression =>
    tooLarge(
      `10,000 times ${expression}, of a long list`,
      `{% set x = range(90000) %}{% for i in range(10000) %}{% set y = ${expression} %}{% endfor %}select 1`,
    ),
  ),
  ...['striptags', 'sort', 'reject', 'title', 'urlize'].map(filter =>
    tooLarge(
      `10,000 times the filter ${filter}`,
      `{% set x = '(<a '.repeat(5000) %}{% for i in range(10000) %}{% set y = x | ${filter} %}{% endfor %}select 1`,
    ),
  ),
  macro('is 80,000 macros in a comment', `{#${repeated(80_000, '{% macro a')}#}`, '1'),
  macro(
    'is 8,000 macros that call the next',
    Array.from(
      { length: 8000 },
      (_, index) => `{% macro m${index}() %}{{ m${index + 1}() }}{% endmacro %}`,
    ).join('\n'),
    '1',
  ),
  model('a call that is not closed', 'select {{ foo(', 'template-syntax models/m.sql:1'),
  // What is nested.
  model(
    '20,000 brackets in an expression',
    `select {{ ${repeated(20_000, '(')}1${repeated(20_000, ')')} }}`,
    'template-syntax models/m.sql:1',
  ),
  model(
    '20,000 lists in lists',
    `select {{ ${repeated(20_000, '[')}${repeated(20_000, ']')} }}`,
    'template-syntax models/m.sql:1',
  ),
  model('20,000 nots', `select {{ ${repeated(20_000, 'not ')}1 }}`, 'template-syntax models/m.sql:1'),
  model('20,000 sums', `select {{ 1${repeated(20_000, ' + 1')} }}`, 'template-syntax models/m.sql:1'),
  model('20,000 filters', `select {{ 1${repeated(20_000, ' | abs')} }}`, 'template-syntax models/m.sql:1'),
  model(
    '5,000 ifs in ifs',
    `select 1 ${repeated(5000, '{% if true %}')}${repeated(5000, '{% endif %}')}`,
    'template-syntax models/m.sql:1',
  ),
  model('500 ifs in ifs', `select 1 ${repeated(500, '{% if true %}')}${repeated(500, '{% endif %}')}`),
  model('30,000 expressions', `select ${repeated(30_000, '{{ 1 }},')}1`),
  model('50,000 braces', `select 1 ${repeated(50_000, '{')}`, 'template-syntax models/m.sql:1'),
  // SQL that is none.
  model('100,000 brackets of SQL', `select ${repeated(100_000, '(')}1${repeated(100_000, ')')} as x`),
  model('100,000 brackets of SQL that are not closed', `select ${repeated(100_000, '(')}`),
  model('a text of SQL not closed', "select 'x as y"),
  model('a comment of SQL not closed', 'select 1 /* as y'),
  model('100,000 comments not closed', `select 1 ${repeated(100_000, '/*')}`),
  model(
    '100,000 dollar quotes not closed',
    `select 1 ${Array.from({ length: 100_000 }, (_, index) => `$a${index}$`).join(' ')}`,
  ),
  model('200,000 quotes', `select ${repeated(200_001, '"')}`),
  model('200,000 semicolons', `select 1${repeated(200_000, '; ')}`),
  model('a long white space', `select 1${repeated(400_000, ' ')}as x`),
  model('a long word of two scripts', `select ${repeated(300_000, 'a')}\u00e9 as x`),
]
