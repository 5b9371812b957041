// Bad input gets a clear error, and nothing is changed. The whole text that a person sees is compared with the reviewed
// one in test/golden/errors; UPDATE_GOLDEN=1 writes those anew.

import assert from 'node:assert/strict'
import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, test } from 'node:test'
import { packageDirectory } from './command_line.js'
import { sessionsAndUsers, temporaryProject } from './support.js'

interface Case {
  readonly name: string
  readonly files?: Readonly<Record<string, string>>
  /** After `seshat`, and before the variable that base cannot do without; `compile --adapter postgres` by default. */
  readonly words?: readonly string[]
  /** 2 by default: usage, configuration or compile error. */
  readonly code?: number
}

const table = "{{ config(materialized='table') }}\n"
const settings = (text: string): Readonly<Record<string, string>> => ({ 'seshat.yml': `name: t\n${text}` })
const model = (text: string): Readonly<Record<string, string>> => ({ 'models/mine.sql': text })
const acme = 'acme:\n  target: dev\n  outputs:\n    dev: {type: embedded}\n'

const orders = (tests: string): Readonly<Record<string, string>> => ({
  'models/orders.sql': `${table}select o.id, o.status from {{ source('raw', 'orders') }} as o`,
  'models/shop.yml': `models:\n  - name: orders\n${tests}`,
})

const startDate = ['--vars', '{base: {start_date: 2024-01-01}}']

const cases: readonly Case[] = [
  { name: 'unknown variable', files: settings('vars:\n  upsert_lookback_day: 60\n') },
  {
    name: 'unknown variable of a module',
    files: settings('vars:\n  sessions:\n    upsert_lookbak_days: 60\n'),
  },
  { name: 'variable of another module', files: settings('vars: {sessions: {heartbeat: 5}}\n') },
  {
    name: 'unknown variable on the command line',
    words: ['compile', '--adapter', 'postgres', '--vars', '{sesions: {skip_derived: true}}'],
  },
  { name: 'unknown variable in a model', files: model("select {{ var('entrop') }}") },
  { name: 'variable of the wrong type', files: settings('vars: {sessions: {upsert_lookback_days: many}}\n') },
  { name: 'variable out of range', files: settings('vars: {sessions: {upsert_lookback_days: -1}}\n') },
  { name: 'variable that has to be above', files: settings('vars:\n  base: {update_cadence_days: 0}\n') },
  { name: 'variable above its maximum', files: settings('vars: {base: {days_late_allowed: 36500.5}}\n') },
  {
    name: 'variables out of range on the command line',
    words: [
      'compile',
      '--adapter',
      'postgres',
      '--vars',
      'base: {start_date: 2024-01-01, max_session_days: 0, session_lookback_days: -0.5, lookback_window_hours: 876001}',
    ],
  },
  {
    name: 'variable that is no finite number',
    files: settings('vars: {base: {update_cadence_days: .inf, days_late_allowed: .nan}}\n'),
  },
  {
    name: 'columns that are none',
    files: settings('vars: {base: {extra_event_columns: ["x; drop", page_url]}}\n'),
  },
  { name: 'columns that are no list', files: settings('vars: {base: {extra_event_columns: page_url}}\n') },
  { name: 'date that is none', files: settings('vars: {base: {start_date: 2024-02-30}}\n') },
  { name: 'null where it is not allowed', files: settings('vars: {sessions: {skip_derived: null}}\n') },
  { name: 'entropy with SQL in it', files: settings('vars:\n  entropy: "x; drop table"\n') },
  { name: 'entropy of one module', files: settings('vars: {sessions: {entropy: _test}}\n') },
  {
    name: 'identifier over 63 bytes',
    files: {
      'models/a_model_whose_name_alone_is_fine_but_not_with_the_suffix.sql': 'select 1 as one',
      ...settings('vars: {entropy: _test_beside_production}\n'),
    },
  },
  { name: 'schema over 63 bytes', files: settings(`vars: {output_schema: ${'s'.repeat(64)}}\n`) },
  { name: 'data test that is misspelt', files: orders('    columns: [{name: id, data_tests: [uniqe]}]\n') },
  {
    name: 'data test of another tool',
    files: orders(
      '    data_tests:\n      - dbt_utils.unique_combination_of_columns:\n          combination_of_columns: [id]\n',
    ),
  },
  {
    name: 'data test without its argument',
    files: orders('    columns:\n      - name: status\n        tests: [accepted_values]\n'),
  },
  {
    name: 'data test with an argument of another',
    files: orders(
      '    columns: [{name: id, data_tests: [not_null: {valus: [1]}, unique: {severity: loud}]}]\n',
    ),
  },
  {
    name: 'data test whose arguments are not indented',
    files: orders(
      '    columns:\n      - name: status\n        data_tests:\n          - accepted_values:\n            values: [new]\n',
    ),
  },
  { name: 'data test of no column', files: orders('    data_tests: [not_null]\n') },
  {
    name: 'data tests of columns that are not there',
    files: {
      ...settings(''),
      'models/tests.yml':
        "models:\n  - name: sessions\n    data_tests: [unique: {columns: [app_id, page_vews]}]\n    columns:\n      - name: app_idd\n        data_tests: [unique]\n      - name: domain_userid\n        data_tests: [relationships: {to: ref('users'), field: nr}]\n",
    },
  },
  {
    name: 'data test with a ref to nothing',
    files: orders("    columns: [{name: id, data_tests: [relationships: {to: ref('order'), field: id}]}]\n"),
  },
  {
    name: 'data test with a ref to no name',
    files: orders('    columns: [{name: id, data_tests: [relationships: {to: customers, field: id}]}]\n'),
  },
  {
    name: 'data test with a macro that is none',
    files: orders('    data_tests:\n      - expression: {expression: "id < {{ no_such() }}"}\n'),
  },
  {
    name: 'data tests of one name',
    files: orders(
      '    columns:\n      - name: id\n        data_tests:\n          - unique: {where: id > 1}\n          - unique: {where: id < 1}\n',
    ),
  },
  {
    name: 'settings of a data test that is none',
    files: { 'models/t.yml': 'data_tests: [{name: sesions_times}]\n' },
  },
  {
    name: 'config of a data test in a file',
    files: { 'tests/none_lost.sql': "{{ config(severity='loud', materialized='table') }}\nselect 1 as n" },
  },
  {
    name: 'data test of a table that is not written',
    files: {
      ...settings('vars: {users: {skip_derived: true}}\n'),
      'tests/old_users.sql': "select u.domain_userid from {{ ref('users') }} as u",
    },
  },
  { name: 'misspelt ref', files: model("select 1\nfrom {{ ref('sesions') }} as s") },
  { name: 'ref without quotes', files: model('select 1\nfrom {{ ref(sessions) }} as s') },
  {
    name: 'ref cycle',
    files: {
      'models/a.sql': "select 1 as n\nfrom {{ ref('c') }} as c",
      'models/b.sql': "select 1 as n from {{ ref('a') }} as a",
      'models/c.sql': "select 1 as n\n\nfrom {{ ref('b') }} as b",
    },
  },
  { name: 'ref to itself', files: model("select 1 from {{ ref('mine') }} as m") },
  {
    name: 'duplicate model name',
    files: { 'models/x/mine.sql': 'select 1', 'models/y/mine.sql': 'select 2' },
  },
  { name: 'model named like a standard one', files: { 'models/sessions_this_run.sql': 'select 1 as one' } },
  { name: 'bad YAML', files: settings('vars: {entropy: _a\nmodules: }\n') },
  { name: 'repeated key', files: settings('name: u\n') },
  { name: 'wrong type in seshat.yml', files: settings('modules: {users: {enabled: maybe}}\n') },
  { name: 'unknown key in seshat.yml', files: settings('module: {users: {enabled: false}}\n') },
  { name: 'unknown module', files: settings('modules: {user: {enabled: false}}\n') },
  { name: 'unknown config key', files: model("{{ config(materialised='table') }}\nselect 1") },
  { name: 'unknown materialization', files: model("{{ config(materialized='tabel') }}\nselect 1") },
  {
    name: 'properties of no model',
    files: { 'models/models.yml': 'models:\n  - {name: mine}\n', 'models/mines.sql': 'select 1' },
  },
  {
    name: 'module that tells of no model',
    files: {
      ...settings(''),
      'models/orders/module.yml': `description: Orders.
tables:
  orders:
    description: One row per order.
    materialized: incremental
    unique_key: id
    time_key: at
    columns: [{name: id, type: int}, {name: at, type: timestamp}]
metadata: {rows: orders_this_rum, distinct_key: id, time_key: at}
reports: {progress: order_progress}
`,
      'models/orders/orders_this_run.sql':
        "{{ config(materialized='scratch') }}\nselect o.id, o.at from {{ source('shop', 'orders') }} as o",
      'models/orders/orders.sql': "select r.id, r.at from {{ ref('orders_this_run') }} as r",
    },
  },
  {
    name: 'missing seshat.yml',
    files: {},
    words: ['compile', '--adapter', 'postgres', '--project-dir', 'models'],
  },
  { name: 'missing profiles.yml', files: settings('profile: acme\n'), words: ['run', '--profiles-dir', '.'] },
  {
    name: 'missing profile',
    files: { ...settings('profile: acne\n'), 'profiles.yml': acme },
    words: ['run'],
  },
  {
    name: 'missing target',
    files: { ...settings('profile: acme\n'), 'profiles.yml': acme },
    words: ['run', '--target', 'prod'],
  },
  {
    name: 'unknown adapter',
    files: { ...settings('profile: acme\n'), 'profiles.yml': acme.replace('embedded', 'postgress') },
    words: ['run'],
  },
  {
    name: 'missing environment variable',
    files: {
      ...settings('profile: acme\n'),
      'profiles.yml': acme.replace('embedded}', 'embedded, path: "{{ env_var(\'NO_SUCH_VARIABLE\') }}"}'),
    },
    words: ['run'],
  },
  {
    name: 'unknown connection key',
    files: {
      ...settings('profile: acme\n'),
      'profiles.yml': acme.replace('embedded}', 'embedded, pathh: x}'),
    },
    words: ['run'],
  },
  { name: 'selection that matches nothing', words: ['ls', '--select', 'sesions+'] },
  { name: 'intersection of nothing', words: ['ls', '--select', 'sessions_batch,users_batch'] },
  { name: 'unknown selection method', words: ['ls', '--select', 'tags:x'] },
  {
    name: 'part of a commit excluded',
    words: ['ls', '--select', 'sessions', '--exclude', 'sessions_userid_manifest_staged'],
  },
  {
    name: 'missing input table',
    files: settings(sessionsAndUsers),
    words: ['run', '--select', 'sessions'],
  },
  { name: 'missing input table of a module that can run', words: ['run', '--select', 'sessions'] },
  { name: 'missing table of events', words: ['run'] },
  {
    name: 'stage_next with nobody to consume',
    files: settings('modules: {users: {enabled: false}}\nvars: {sessions: {stage_next: true}}\n'),
  },
  { name: 'skip_derived with users enabled', files: settings('vars: {sessions: {skip_derived: true}}\n') },
  {
    name: 'skip_derived with a custom model that reads sessions',
    files: {
      ...settings('modules: {users: {enabled: false}}\nvars:\n  sessions:\n    skip_derived: true\n'),
      ...model("select 1 as n\nfrom {{ ref('sessions') }} as s"),
    },
  },
  {
    name: 'ref to a model of a module that is off',
    files: {
      ...settings('modules: {users: {enabled: false}, sessions: {enabled: false}}\n'),
      ...model(`${table}select 1 as n from {{ ref('sessions_this_run') }} as s`),
    },
  },
  {
    name: 'view over a scratch table',
    files: model("select 1 as n from {{ ref('sessions_this_run') }} as s"),
  },
  {
    name: 'incremental without a key',
    files: model("{{ config(materialized='incremental') }}\nselect 1 as n"),
  },
  { name: 'custom scratch model', files: model("{{ config(materialized='scratch') }}\nselect 1 as n") },
  { name: 'undefined name', files: model('select\n    1 as one,\n    {{ colour }} as two') },
  { name: 'unknown macro', files: model("select 1,\n    {{ second_between('a', 'b') }}") },
  { name: 'for with an if', files: model('select {% for x in [1, 2] if x > 1 %}{{ x }}{% endfor %}') },
  { name: 'tuple', files: model("{% set xs = ('a', 'b') %}\nselect {{ xs }}") },
  { name: 'sum of lists', files: model('{% set xs = [1] + [2] %}\nselect {{ xs }}') },
  { name: 'empty list as a condition', files: model('select {% if [] %}1{% endif %}') },
  { name: 'random', files: model('select {{ [1, 2] | random }}') },
  { name: 'asynchronous loop', files: model('select {% asyncEach x in [1] %}{{ x }}{% endeach %}') },
  { name: 'import', files: model("{% import 'x.sql' as x %}\nselect 1") },
  { name: 'trailing comma in a call', files: model("{{ config(\n    materialized='table',\n) }}\nselect 1") },
  { name: 'template that does not end', files: model('select 1\n{% if true %}\n2') },
  { name: 'empty model', files: model('\n') },
  {
    name: 'variable with SQL in it',
    files: {
      ...settings(`vars: {custom: {shop: "x' or 1=1 --"}}\n`),
      ...model("select '{{ var('shop') }}' as shop"),
    },
  },
  {
    name: 'seed that is no CSV',
    files: { 'seeds/s.csv': 'a,b\n1,2,3\n' },
    words: ['compile', '--adapter', 'postgres'],
  },
  {
    name: 'several faults at once',
    files: {
      'seshat.yml':
        'name: t\nvars:\n  sessions: {skip_derived: perhaps, upsert_lookback_days: -1}\n  users: {heartbeat: 1}\nmodules: {user: {enabled: false}}\n',
    },
  },
  {
    name: 'several faulty models at once',
    files: {
      'models/a.sql': 'select {{ nothing }}',
      'models/b.sql': "select {{ no_macro('x') }}",
      'models/c.sql': '',
    },
  },
  {
    name: 'previous table of another module',
    files: model(`${table}select s.domain_sessionid\nfrom {{ previous('sessions') }} as s`),
  },
  {
    name: 'previous table of another module, in a module',
    files: {
      'models/visits/module.yml': 'description: Visits.\nvars: []\n',
      'models/visits/visits_this_run.sql':
        "{{ config(materialized='scratch') }}\nselect s.domain_sessionid\nfrom {{ previous('sessions') }} as s",
    },
  },
  { name: 'previous without quotes', files: model('select 1 as n\nfrom {{ previous(sessions) }} as s') },
  { name: 'backfill of a day that is none', words: ['run', '--backfill', '2024-02-30'] },
  { name: 'backfill of no day', words: ['run', '--backfill', 'yesterday'] },
  { name: 'backfill that ends before it begins', words: ['run', '--backfill', '2024-02-02..2024-02-01'] },
  {
    name: 'backfill of three days',
    words: ['build', '--backfill', '2024-01-01..2024-01-02..2024-01-03'],
  },
  { name: 'backfill with an open end', words: ['compile', '--backfill', '2024-01-01..'] },
  { name: 'backfill without days', words: ['run', '--backfill', ''] },
  { name: 'backfill and full refresh', words: ['run', '--full-refresh', '--backfill', '2024-01-01'] },
  { name: 'docs without a word', words: ['docs'] },
  { name: 'docs with a word that is none', words: ['docs', 'generate'] },
  { name: 'docs at a port that is none', words: ['docs', 'serve', '--port', '70000'] },
  {
    name: 'docs into a folder of another kind',
    files: { 'public/index.html': 'mine' },
    words: ['docs', 'build', '--output', 'public'],
  },
  { name: 'graph in a format that is none', words: ['graph', '--format', 'png'] },
  { name: 'unknown command', words: ['complie'] },
  { name: 'unknown option', words: ['run', '--selct', 'sessions'] },
]

const golden = join(packageDirectory, 'test', 'golden', 'errors')
const goldenFile = (name: string): string => `${name.replaceAll(/[^a-z0-9]+/gi, '-').toLowerCase()}.txt`

describe('errors', { concurrency: 2 }, () => {
  for (const { name, files = {}, words = ['compile', '--adapter', 'postgres'], code = 2 } of cases) {
    test(`${name}: says what, where and what to do`, async () => {
      const project = temporaryProject({ 'seshat.yml': 'name: t\n', 'models/.keep': '', ...files })
      const result = await project.seshat(...words, ...(words.includes('--vars') ? [] : startDate))
      const text = result.stderr.replaceAll(project.directory, '<project>')
      const path = join(golden, goldenFile(name))
      if (process.env['UPDATE_GOLDEN']) {
        mkdirSync(golden, { recursive: true })
        writeFileSync(path, text)
      }
      assert.equal(
        text,
        existsSync(path) ? readFileSync(path, 'utf8') : '(missing: review it with UPDATE_GOLDEN=1)',
      )
      assert.equal(result.code, code)
      if (!name.startsWith('missing input table') && name !== 'missing table of events')
        assert.ok(!existsSync(join(project.directory, 'target')), 'target/ was written')
    })
  }
})

test('errors: every reviewed text belongs to a case', () => {
  assert.deepEqual(readdirSync(golden).sort(), cases.map(({ name }) => goldenFile(name)).sort())
})
