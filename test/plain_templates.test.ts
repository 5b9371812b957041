// Plain templates are rendered without the engine, and to what it renders them: the same text, calls, faults and places. A tracer
// makes the engine render everything; its marks are taken out again.

import assert from 'node:assert/strict'
import { test } from 'node:test'
import { Faults } from '../compiler/diagnostics.js'
import { readPlainTemplate } from '../compiler/plain_template.js'
import { createTemplateEngine, type TemplateEngine, type TemplateScope } from '../compiler/template_engine.js'
import { parsedText, readTemplate } from '../compiler/template_text.js'
import { Tracer, unmarked } from '../compiler/template_trace.js'
import { cases } from './hostile/template_cases.js'

const macros = [
  {
    path: 'macros/mine.sql',
    text: "{% macro twice(x, y=1) %}{{ x }}{{ y }}{{ x }}{% endmacro %}{% macro broken() %}{{ ref('a').b.c() }}{% endmacro %}{% macro grown(xs) %}{{ xs.push('more') }}{{ xs | join(',') }}{% endmacro %}",
  },
]
const plainly = createTemplateEngine(macros, ['postgres', 'default'])
const byEngine = createTemplateEngine(macros, ['postgres', 'default'], new Tracer(false))

/** What rendering comes to, and all that the functions of the template were told. */
function outcome(engine: TemplateEngine, text: string): unknown {
  const told: unknown[] = []
  const tell =
    (name: string) =>
    (...args: readonly unknown[]) => {
      told.push([name, structuredClone(args)])
      return name === 'config' ? '' : `<${name}>`
    }
  const scope: TemplateScope = {
    functions: {
      ref: tell('ref'),
      previous: tell('previous'),
      limit: tell('limit'),
      source: tell('source'),
      var: () => null,
      config: tell('config'),
      is_incremental: () => true,
      literal: tell('literal'),
    },
    values: { this: '<this>', target: { name: 'dev' } },
    macroCalled: name => told.push(name),
    adapterRead: () => told.push('adapter'),
  }
  try {
    const rendered = String(unmarked(engine.render({ path: 'models/m.sql', text }, scope)))
    // With marks, a semicolon at the end is gone already.
    return { text: rendered.trim().replace(/;$/, '').trimEnd(), told }
  } catch (cause) {
    if (cause instanceof Faults) return cause.diagnostics
    throw cause
  }
}

function assertSame(text: string): void {
  const file = { path: 'models/m.sql', text }
  assert.deepEqual(outcome(plainly, text), outcome(byEngine, text), JSON.stringify(text))
  if (!readPlainTemplate(file)) return
  const { calls, traps, macros: defined } = parsedText(file)
  const read = readTemplate(file)
  assert.deepEqual([read.calls, read.traps, read.macros], [calls, traps, defined], JSON.stringify(text))
}

test('plain: a config and refs are rendered without the engine', () => {
  const text = `{{ config(materialized='table', tags=['a', "b"], meta=[], enabled=true, n=12, x=none) }}
select * from {{ref('one')}} join {{ source( 'shop',
  'orders' ) }} {{ twice('é', y=2) }} }} { {{ is_incremental() }}`
  assert.ok(readPlainTemplate({ path: 'models/m.sql', text }))
  assert.deepEqual(outcome(plainly, text), {
    text: 'select * from <ref> join <source> é2é }} { true',
    told: [
      [
        'config',
        [
          {
            materialized: 'table',
            tags: ['a', 'b'],
            meta: [],
            enabled: true,
            n: 12,
            x: null,
            __keywords: true,
          },
        ],
      ],
      ['ref', ['one']],
      ['source', ['shop', 'orders']],
      'twice',
    ],
  })
  assertSame(text)
})

for (const text of [
  "{% if true %}{{ ref('a') }}{% endif %}",
  "{{- ref('a') }}",
  "{{ ref('a') -}} x",
  "{# #}{{ ref('a') }}",
  "#}{{ ref('a') }}",
  "{{ ref('a\\n') }}",
  "{{ ref('a') | upper }}",
  "{{ ref('a') ~ 'b' }}",
  "{{ ref('a', ) }}",
  "{{ ref(['a',]) }}",
  "{{ ref(x='a', 'b') }}",
  '{{ ref(1.5) }}',
  '{{ ref(-1) }}',
  "{{ ref('a').name }}",
  '{{ this }}',
  '{{ ref(ref("a")) }}',
  '{{ ref({a: 1}) }}',
  "{{ ref({'a': {'b': 1}}) }}",
  "{{ ref({'a': 1}}}",
  "{{ ref({'__proto__': 1}) }}",
  "{{ ref({'a': 1,}) }}",
  "{{ none('a') }}",
  '{{ {{ }}',
  "{{ ref('a')",
])
  test(`not plain: ${text}`, () => {
    assert.equal(readPlainTemplate({ path: 'models/m.sql', text }), undefined)
    assertSame(text)
  })

test('plain: a map with keys in quotes', () => {
  const text = `{{ config(grants={'select': ['a', "b"], "2": {'x': 1} }, meta={}) }} {{ twice({ 'a' : none }, y={'a':1, 'a':2}) }}`
  assert.ok(readPlainTemplate({ path: 'models/m.sql', text }))
  assertSame(text)
})

test('plain: faults have the words and places of the engine', () => {
  for (const text of [
    "x\n  {{ nothing('a') }}",
    '{{ broken() }}',
    "{{ this('a') }}",
    "{{ var('a') }}",
    "{{ env_var('HOME') }}",
    '{{ toString() }}',
    "{{ constructor('a') }}",
    '{{ twice }}',
  ])
    assertSame(text)
})

test('plain: a macro that changes a list it is given changes it for that call alone', () => {
  const text = "{{ grown(['a']) }} {{ grown(xs=['a']) }}"
  assert.ok(readPlainTemplate({ path: 'models/m.sql', text }))
  assert.deepEqual(outcome(plainly, text), outcome(plainly, text))
  assertSame(text)
})

test('plain: hostile models and macros come to the same', () => {
  for (const { files } of cases)
    for (const [path, text] of Object.entries(files ?? {}))
      if (path.startsWith('models/') && typeof text === 'string' && text.length < 100_000) assertSame(text)
})

test('plain: ten thousand texts that are nearly templates come to the same', () => {
  const parts = [
    '{{',
    '}}',
    ' ',
    '\n',
    'ref(',
    "'a'",
    '"b"',
    ')',
    ',',
    'x=',
    '1',
    '007',
    '[',
    ']',
    'true',
    'none',
    '{',
    '}',
    ':',
    "{'a': ",
    '__proto__',
    '-',
    '%}',
    '#}',
    'config(',
    'twice(',
    'not',
    '.',
    "'",
    '\u00a0',
    'é',
  ]
  const shapes = [
    "{{ ref('a') }}",
    '{{ twice(1, y=[2, "c"]) }}',
    '{{ config(x=true) }}',
    "{{ config(x={'a': [1], 'b': {}}) }}",
    ' from ',
  ]
  let state = 20_240_101
  const below = (limit: number): number => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0
    return (state >>> 8) % limit
  }
  let plain = 0
  for (let round = 0; round < 10_000; round++) {
    let text = ''
    for (let count = 1 + below(5); count > 0; count--) {
      const shape = shapes[below(shapes.length)] ?? ''
      const at = below(shape.length + 1)
      const mutated = below(2) === 0
      text += mutated ? shape.slice(0, at) + parts[below(parts.length)] + shape.slice(at + below(2)) : shape
    }
    if (readPlainTemplate({ path: 'models/m.sql', text })) plain += 1
    assertSame(text)
  }
  assert.ok(plain > 1_000, `${plain} of them are plain`)
})
