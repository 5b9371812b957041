// A project with a bit of everything, and ways to break the texts of its files: what the fuzzer makes its inputs of.

import fc from 'fast-check'

/** In which nothing is wrong. */
export const soundProject: Readonly<Record<string, string>> = {
  'seshat.yml': `name: t
modules: {base: {enabled: false}, page_views: {enabled: false}, sessions: {enabled: false}, users: {enabled: false}}
profile: acme
vars:
  entropy: _t
  custom: {limit: 5, path: "/a", ids: [1, 2], on: true}
models:
  .: {tags: [all], meta: {owner: me}}
seeds:
  kinds: {column_types: {id: integer}}
selectors:
  nightly: {select: [tag:all, +orders], exclude: path:models/shop}
reports: {days: 3}
`,
  'profiles.yml': `acme:
  target: dev
  outputs:
    dev: {type: postgres, host: "{{ env_var('NO_HOST', 'localhost') }}", user: u, database: d, port: 5432}
    two: {type: snowflake, account: a, user: u, password: p, database: d, warehouse: w}
`,
  'models/orders.sql': `{{ config(materialized='incremental', unique_key='id', time_key='at', tags=['x'], post_hook='analyze {{ this }}') }}

-- why
select o.id, o.at, {{ cents('o.price') }} as price
from {{ source('raw', 'orders') }} as o
inner join {{ ref('kinds') }} as k on k.id = o.kind
where o.path = {{ literal(var('path')) }}
{% if is_incremental() %} and o.at > (select max(t.at) from {{ this }} as t){% endif %}
limit {{ var('limit') }}
`,
  'models/days.sql': `{% set parts = ['day', 'month'] %}
select
{% for part in parts %}
    date_trunc('{{ part }}', o.at) as {{ part | lower }}{{ ',' if not loop.last }}
{% endfor %}
from {{ ref('orders') }} as o /* {{ target.name }} */
group by 1, 2
`,
  'macros/cents.sql': `{% macro cents(column, digits=2) %}round({{ column }} * 100, {{ digits }}){% endmacro %}
`,
  'models/models.yml': `models:
  - name: orders
    description: "one row per order, with \\"quotes\\""
    columns:
      - {name: id, type: bigint, data_tests: [unique, not_null]}
      - name: price
        data_tests:
          - accepted_values: {values: [1, 2], quote: false}
  - name: days
    config: {enabled: true}
sources:
  - name: raw
    schema: raw_data
    tables:
      - name: orders
        columns: [{name: id, type: bigint}, {name: at, type: timestamp}, {name: price, type: numeric}, {name: kind, type: integer}, {name: path, type: varchar(20)}]
unit_tests:
  - name: cents_of_an_order
    model: orders
    given:
      - {input: "source('raw', 'orders')", rows: [{id: 1, price: 2}]}
    expect: {rows: [{id: 1, price: 200}]}
`,
  'models/shop/module.yml': `description: Baskets.
vars:
  - basket_days: {type: integer, default: 3, min: 1, description: How long they last.}
tables:
  baskets:
    description: One row per basket.
    materialized: incremental
    unique_key: id
    time_key: at
    columns:
      - {name: id, type: bigint, description: Its key.}
      - {name: at, type: timestamp, description: Its time.}
`,
  'models/shop/baskets.sql': `select b.id, b.at from {{ ref('orders_this_run') }} as b\n`,
  'models/shop/orders_this_run.sql': `select o.id, o.at from {{ source('raw', 'orders') }} as o where o.id < {{ var('basket_days') }}\n`,
  'seeds/kinds.csv': 'id,name\n1,"a, b"\n2,"say ""hi"""\n',
  'tests/positive.sql':
    "{{ config(severity='warn') }}\nselect o.id from {{ ref('orders') }} as o where o.price < 0\n",
}

/** What breaks things, or has broken them. */
const bits = [
  '{{',
  '}}',
  '{%',
  '%}',
  '{#',
  '#}',
  "'",
  '"',
  '`',
  '[',
  ']',
  '{',
  '}',
  '(',
  ')',
  ',',
  ':',
  ': ',
  '- ',
  '? ',
  '| ',
  '> ',
  '<<: ',
  '&a ',
  '*a',
  '*a *a',
  '!!js/function ',
  '!!binary ',
  '---\n',
  '...\n',
  '%YAML 1.1\n',
  '#',
  '\n',
  '\n\n',
  '\t',
  '\r',
  '\u0000',
  '\u001b[31m',
  '\ufeff',
  '\u202e',
  '\u200b',
  '\ud800',
  '\u0455',
  '\u{1f600}',
  '__proto__',
  'constructor',
  'toString',
  'hasOwnProperty',
  'null',
  '~',
  'true',
  'no',
  '.nan',
  '-.inf',
  '1e400',
  '-1',
  '0',
  '9999999999999999999999',
  '0x1',
  '2024-02-30',
  '[]',
  '{}',
  "ref('orders')",
  "ref('days')",
  "ref('')",
  'ref()',
  "source('raw')",
  "var('x')",
  "var('path')",
  "var('ids')",
  'config(',
  "config(materialized='view')",
  "config(materialized='ephemeral')",
  'literal(',
  'this',
  'adapter',
  "adapter.dispatch('cents')()",
  'cents(cents(1))',
  '{% set x = x ~ x %}',
  '{% for i in range(9) %}',
  '{% endfor %}',
  '{% if %}',
  '{% endif %}',
  '{% raw %}',
  '{% macro a() %}',
  '{% endmacro %}',
  '{% call cents(1) %}',
  '{% block a %}',
  '{% filter upper %}',
  '{{ loop }}',
  '{{ ref }}',
  '{{ [] }}',
  '{{ {} }}',
  ' | join',
  ' | first',
  ' | safe',
  ' is defined',
  ' if ',
  ' else ',
  '/*',
  '*/',
  '--',
  '$$',
  '$a$',
  ';',
  ';;',
  '::',
  '\\',
  '\\"',
  "''",
  '""',
  'select ',
  ' from ',
  ' union all ',
  '../',
  '/',
  '~/',
  '$(x)',
  '+',
  '@',
  '*',
  'tag:',
  'selector:nightly',
  'x'.repeat(300),
  '('.repeat(200),
  '['.repeat(200),
] as const

type Mutation = (text: string) => string

/** Cut into what a person would call words, spaces and signs. */
const tokensOf = (text: string): string[] => text.match(/\w+|\s+|[^\w\s]/gu) ?? []
const place = fc.double({ min: 0, max: 1, maxExcluded: true, noNaN: true })
const on =
  (change: (tokens: string[], at: number, to: number) => void, at: number, to: number): Mutation =>
  text => {
    const tokens = tokensOf(text)
    change(tokens, Math.floor(at * tokens.length), Math.floor(to * tokens.length))
    return tokens.join('')
  }

const mutation: fc.Arbitrary<Mutation> = fc.oneof(
  fc
    .tuple(place, fc.constantFrom(...bits))
    .map(([at, bit]) => on((tokens, index) => void tokens.splice(index, 0, bit), at, 0)),
  fc
    .tuple(place, fc.constantFrom(...bits))
    .map(([at, bit]) => on((tokens, index) => void tokens.splice(index, 1, bit), at, 0)),
  fc
    .tuple(place, fc.nat({ max: 6 }))
    .map(([at, count]) => on((tokens, index) => void tokens.splice(index, count + 1), at, 0)),
  fc
    .tuple(place, fc.nat({ max: 40 }))
    .map(([at, count]) =>
      on((tokens, index) => void tokens.splice(index, 0, ...tokens.slice(index, index + count)), at, 0),
    ),
  fc.tuple(place, place).map(([from, to]) =>
    on(
      (tokens, one, other) => {
        const [a = '', b = ''] = [tokens[one], tokens[other]]
        tokens[one] = b
        tokens[other] = a
      },
      from,
      to,
    ),
  ),
  place.map(
    (at): Mutation =>
      text =>
        text.slice(0, Math.floor(at * text.length)),
  ),
  fc.tuple(place, fc.string({ unit: 'binary', maxLength: 8 })).map(
    ([at, more]): Mutation =>
      text => {
        const cut = Math.floor(at * text.length)
        return text.slice(0, cut) + more + text.slice(cut)
      },
  ),
)

/** Files of a project of which some are broken in one to three ways each. */
export const brokenProject: fc.Arbitrary<Readonly<Record<string, string>>> = fc
  .array(
    fc.tuple(
      fc.constantFrom(...Object.keys(soundProject)),
      fc.array(mutation, { minLength: 1, maxLength: 3 }),
    ),
    {
      minLength: 1,
      maxLength: 2,
    },
  )
  .map(broken => {
    const files: Record<string, string> = { ...soundProject }
    for (const [path, mutations] of broken)
      files[path] = mutations.reduce((text, mutate) => mutate(text), files[path] ?? '')
    return files
  })

/** Commands that need no database. */
export const fuzzedWords: fc.Arbitrary<readonly string[]> = fc.oneof(
  {
    weight: 12,
    arbitrary: fc.constantFrom(
      ['compile'],
      ['compile', '--all-adapters'],
      ['compile', '--full-refresh', '--adapter', 'redshift'],
      ['ls'],
      ['ls', '--selector', 'nightly'],
      ['graph'],
      ['diff', '--base', '../sound'],
      ['run', '--dry-run'],
      ['docs', 'build', '--no-lineage'],
    ),
  },
  {
    weight: 4,
    arbitrary: fc
      .array(fc.constantFrom(...bits.filter(bit => !bit.includes('\u0000'))), { maxLength: 4 })
      .map(parts => ['ls', `--select=${parts.join('')}`]),
  },
  {
    weight: 4,
    arbitrary: fc
      .array(fc.constantFrom(...bits.filter(bit => !bit.includes('\u0000'))), { maxLength: 6 })
      .map(parts => ['compile', '--adapter', 'postgres', `--vars=${parts.join('')}`]),
  },
)
