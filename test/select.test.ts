// The selection grammar, on sessions, users and a few models of a project's own, and across all four modules.

import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import type { CommandResult } from './command_line.js'
import { sessionsAndUsers, temporaryProject } from './support.js'

const table = "{{ config(materialized='table', tags=['weekly']) }}"
const owned = (materialized: string, owner: string, tag = 'other'): string =>
  `{{ config(materialized='${materialized}', tags=['${tag}'], meta={owner: '${owner}'}) }}`
const models = {
  'models/first.sql': `${table}\nselect s.domain_sessionid from {{ ref('sessions') }} as s`,
  'models/marts/second.sql': `${owned('table', 'anna', 'weekly')}\nselect f.domain_sessionid from {{ ref('first') }} as f`,
  'models/marts/third.sql': `select s.domain_sessionid from {{ ref('second') }} as s`,
  'models/alone.sql': `${owned('view', 'bob')}\nselect o.id from {{ source('raw', 'orders') }} as o`,
}
const project = temporaryProject({ 'seshat.yml': `name: t\n${sessionsAndUsers}`, ...models })
const wholeModel = temporaryProject({
  'seshat.yml': 'name: t\nvars: {base: {start_date: 2024-01-01}}\n',
  ...models,
})

const ls = (...words: readonly string[]): Promise<CommandResult> => project.seshat('ls', ...words)
/** Data tests come along with what they read; what a word means is told without them. */
const withoutTests = ['--exclude', 'resource_type:test']
const main = [
  'sessions.setup',
  'sessions_batch',
  'sessions_this_run',
  'sessions',
  'sessions_userid_manifest_staged',
  'sessions.commit',
]
const users = [
  'users.setup',
  'users_batch',
  'users_manifest',
  'users_this_run',
  'users',
  'users.commit',
  'users.complete',
]
const custom = ['first', 'second', 'third']

const cases: readonly (readonly [words: string, expected: readonly string[]])[] = [
  ['sessions', main],
  ['sessions.complete', ['sessions.complete']],
  ['module:sessions', [...main, ...custom, 'sessions.complete']],
  ['sessions+', [...main, ...custom, 'sessions.complete', ...users]],
  ['first', ['first']],
  ['+first', [...main, 'first']],
  ['second+', ['second', 'third', 'sessions.complete']],
  ['1+third', ['second', 'third']],
  ['2+third', ['first', 'second', 'third']],
  ['first+1', ['first', 'second']],
  ['@alone', ['alone']],
  ['@third', [...main, ...custom, 'sessions.complete']],
  ['third alone', ['third', 'alone']],
  ['tag:weekly', ['first', 'second']],
  ['tag:weekly,path:models/marts', ['second']],
  ['path:models/marts', ['second', 'third']],
  ['config.materialized:view', ['third', 'alone']],
  ['source:raw+', ['alone']],
  ['source:raw.orders', ['alone']],
  ['module:custom', ['alone']],
  ['t*', ['third']],
  ['resource_type:complete', ['sessions.complete', 'users.complete']],
  ['{first,alone}', ['first', 'alone']],
  ['tag:week*', ['first', 'second']],
  ['path:models/*/t*.sql', ['third']],
  ['path:./models/marts/', ['second', 'third']],
  ['models/marts', ['second', 'third']],
  ['models/marts/third.sql', ['third']],
  ['module:{custom,sessions},resource_type:model,path:models/*.sql', ['first', 'alone']],
  ['config.meta.owner:anna', ['second']],
  ['config.meta.owner:*', ['second', 'alone']],
  ['config.materialized:v*', ['third', 'alone']],
  ['source:raw.*', ['alone']],
  ['1+third,config.materialized:table', ['second']],
  ['2+third+1', ['first', 'second', 'third']],
  ['1+second+1', ['first', 'second', 'third']],
  ['@second,module:sessions,resource_type:model,path:models/marts', ['second', 'third']],
  ['tag:weekly+1 alone', ['first', 'second', 'third', 'alone']],
]

const steps = (kind: string): readonly string[] =>
  ['base', 'page_views', 'sessions', 'users'].map(module => `${module}.${kind}`)
const acrossModules: readonly (readonly [words: string, expected: readonly string[]])[] = [
  ['resource_type:setup', steps('setup')],
  ['resource_type:complete', steps('complete')],
  ['base+,resource_type:complete', steps('complete')],
  ['page_views+,resource_type:complete', steps('complete').slice(1)],
  ['+first,resource_type:setup', steps('setup').slice(0, 3)],
  ['+users.complete,resource_type:setup', steps('setup')],
  ['module:page_views,resource_type:complete', ['page_views.complete']],
  ['module:base,resource_type:setup first', ['base.setup', 'first']],
]

describe('select', { concurrency: 2 }, () => {
  for (const [words, expected] of cases) {
    test(`select ${words}: ${expected.length} nodes in the order of the graph`, async () => {
      const { stdout, stderr } = await ls('--select', words, ...withoutTests)
      assert.deepEqual(stdout.trim().split('\n'), expected, stderr)
    })
  }

  for (const [words, expected] of acrossModules) {
    test(`select ${words}: ${expected.length} nodes of four modules in the order of the graph`, async () => {
      const { stdout, stderr } = await wholeModel.seshat('ls', '--select', words)
      assert.deepEqual(stdout.trim().split('\n'), expected, stderr)
    })
  }

  test('select: several words and --exclude', async () => {
    const { stdout } = await ls(
      '--select',
      'sessions',
      'first+',
      '--exclude',
      'third',
      'resource_type:complete',
      'resource_type:test',
    )
    assert.deepEqual(stdout.trim().split('\n'), [...main, 'first', 'second'])
  })

  test('select: one committed table, or the commit, brings the whole main step', async () => {
    for (const word of ['sessions_userid_manifest_staged', 'sessions.commit']) {
      const { stdout } = await ls('--select', word, ...withoutTests)
      assert.deepEqual(stdout.trim().split('\n'), main)
    }
  })

  test('select: a staged table, or the commit, of any module brings its whole main step', async () => {
    for (const [module, table] of [
      ['base', 'events_staged'],
      ['page_views', 'page_views_staged'],
    ] as const) {
      const { stdout: whole } = await wholeModel.seshat('ls', '--select', module, ...withoutTests)
      const nodes = whole.trim().split('\n')
      assert.deepEqual([nodes[0], nodes.at(-1)], [`${module}.setup`, `${module}.commit`])
      assert.ok(nodes.includes(table))
      for (const word of [table, `${module}.commit`])
        assert.equal((await wholeModel.seshat('ls', '--select', word, ...withoutTests)).stdout, whole, word)
    }
  })

  test('ls: paths and JSON', async () => {
    const { stdout } = await ls('--select', 'module:sessions', '--output', 'path')
    assert.deepEqual(stdout.trim().split('\n').slice(0, 3), [
      'seshat:models/sessions/sessions_batch.sql',
      'seshat:models/sessions/sessions_this_run.sql',
      'seshat:models/sessions/sessions.sql',
    ])
    const files = await ls('--select', 'first', 'sessions.complete', '--output', 'path')
    assert.equal(files.stdout, 'models/first.sql\n')
    const both = await ls('--select', 'first', 'sessions.complete', '--output', 'json')
    assert.deepEqual(
      both.stdout
        .trim()
        .split('\n')
        .map(line => (JSON.parse(line) as { name: string; kind: string; path: string | null }).path),
      ['models/first.sql', null],
    )
    const json = await ls('--select', 'first', '--output', 'json')
    assert.deepEqual(JSON.parse(json.stdout), {
      name: 'first',
      kind: 'model',
      module: 'sessions',
      materialized: 'table',
      path: 'models/first.sql',
    })
  })
})
