// The selection grammar, on the demo's graph and a few models of its own.

import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { type CommandResult, temporaryProject } from './support.js'

const table = "{{ config(materialized='table', tags=['weekly']) }}"
const project = temporaryProject({
  'seshat.yml': 'name: t\n',
  'models/first.sql': `${table}\nselect s.domain_sessionid from {{ ref('sessions') }} as s`,
  'models/marts/second.sql': `${table}\nselect f.domain_sessionid from {{ ref('first') }} as f`,
  'models/marts/third.sql': `select s.domain_sessionid from {{ ref('second') }} as s`,
  'models/alone.sql': "select o.id from {{ source('raw', 'orders') }} as o",
})

const ls = (...words: readonly string[]): Promise<CommandResult> => project.seshat('ls', ...words)
const main = [
  'sessions.setup',
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
]

describe('select', { concurrency: 2 }, () => {
  for (const [words, expected] of cases) {
    test(`select ${words}: ${expected.length} nodes in the order of the graph`, async () => {
      const { stdout, stderr } = await ls('--select', words)
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
    )
    assert.deepEqual(stdout.trim().split('\n'), [...main, 'first', 'second'])
  })

  test('select: one committed table, or the commit, brings the whole main step', async () => {
    for (const word of ['sessions_userid_manifest_staged', 'sessions.commit']) {
      const { stdout } = await ls('--select', word)
      assert.deepEqual(stdout.trim().split('\n'), main)
    }
  })

  test('ls: paths and JSON', async () => {
    const { stdout } = await ls('--select', 'module:sessions', '--output', 'path')
    assert.deepEqual(stdout.trim().split('\n').slice(0, 2), [
      'seshat:models/sessions/sessions_this_run.sql',
      'seshat:models/sessions/sessions.sql',
    ])
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
