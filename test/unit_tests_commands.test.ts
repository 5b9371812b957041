// Unit tests from the command line: in build they come before their model, alone they need no connection; which of them a
// selection takes, and that they change nothing of what is compiled.

import assert from 'node:assert/strict'
import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'
import { resultsOf, story, textOf } from './run_results.js'
import { type TestProject, temporaryProject } from './support.js'
import { onlyCustom } from './unit_test_runs.js'

const models = {
  'models/first.sql': "{{ config(materialized='table', tags='daily') }}\nselect 1 as a",
  'models/second.sql': "{{ config(materialized='table') }}\nselect f.a + 1 as b from {{ ref('first') }} as f",
  'models/other.sql': "{{ config(materialized='table') }}\nselect 7 as c",
}
/** A test of `first`, which gives 1. */
const firstGives = (a: number): string =>
  `unit_tests:\n  - {name: first_gives, model: first, description: The first is ${a}., expect: {rows: [{a: ${a}}]}}\n`

const codesOf = (project: TestProject): readonly string[] =>
  resultsOf(project).results.flatMap(({ diagnostics }) => diagnostics.map(({ code }) => code))

test('build: a unit test that fails skips its model and what is downstream; retry goes on there', async () => {
  const project = temporaryProject({ 'seshat.yml': onlyCustom, ...models, 'models/tests.yml': firstGives(2) })
  const built = await project.seshat('build')
  assert.equal(built.code, 1, built.stderr)
  assert.match(
    built.stderr,
    /unit-test-failed.*first_gives[\s\S]*expected +2\n +got +≠ 1\n[\s\S]*The first is 2\./,
  )
  assert.deepEqual([...story(project)].sort(), [
    'error first_gives',
    'skipped first',
    'skipped second',
    'success other',
  ])
  assert.deepEqual(codesOf(project), ['unit-test-failed'])
  project.write({ 'models/tests.yml': firstGives(1) })
  const again = await project.seshat('retry')
  assert.equal(again.code, 0, again.stderr)
  assert.deepEqual(story(project), ['success first_gives', 'success first', 'success second'])
})

test('test: unit tests alone need neither a profile nor a connection, and leave what was compiled', async () => {
  const project = temporaryProject({
    'seshat.yml': `profile: nowhere\n${onlyCustom}`,
    ...models,
    'models/tests.yml': firstGives(2),
  })
  const failed = await project.seshat('test', '--select', 'resource_type:unit_test')
  assert.equal(failed.code, 1, failed.stderr)
  assert.deepEqual([story(project), codesOf(project)], [['error first_gives'], ['unit-test-failed']])
  project.write({ 'models/tests.yml': firstGives(1) })
  const retried = await project.seshat('retry')
  assert.equal(retried.code, 0, retried.stderr)
  assert.match(retried.stdout, /an empty database in memory[\s\S]*ok +first_gives/)
  assert.ok(!existsSync(join(project.directory, '.seshat', 'db')))
  assert.ok(!existsSync(join(project.directory, 'target', 'manifest.json')))
})

test('test: what is wrong with a unit test is said before anything runs', async () => {
  const project = temporaryProject({
    'seshat.yml': onlyCustom,
    ...models,
    'models/tests.yml': firstGives(1).replace('expect', "given: [{input: ref('second'), rows: []}], expect"),
  })
  const { code, stderr } = await project.seshat('test', '--select', 'first')
  assert.equal(code, 2)
  assert.match(stderr, /unknown-input.*'first' does not read ref\('second'\)\n +--> models\/tests\.yml:2:/)
  assert.ok(!existsSync(join(project.directory, 'target')))
})

test('selecting: by name, by model, by tag, by module; those of the standard model only where they are asked for', async () => {
  const own = `unit_tests:
  - {name: of_first, model: first, expect: {rows: [{a: 1}]}}
  - {name: of_sessions, model: sessions_this_run, config: {tags: [nightly]}, expect: {rows: []}}
`
  const project = temporaryProject({
    'seshat.yml': 'name: t\nvars: {start_date: 2024-01-01}\n',
    ...models,
    'models/tests.yml': own,
  })
  const taken = async (...words: readonly string[]): Promise<readonly string[]> => {
    const { stdout, stderr } = await project.seshat(
      'test',
      '--dry-run',
      '--log-format',
      'json',
      '--select',
      ...words,
    )
    const [line = '{}'] = stdout.split('\n')
    const { steps = [] } = JSON.parse(line === '' ? '{}' : line) as {
      steps?: { step: string; kind: string }[]
    }
    if (steps.length === 0)
      return [/error\[?([a-z-]+)|"code":"([a-z-]+)"/.exec(stdout + stderr)?.[2] ?? 'nothing']
    return steps.filter(({ kind }) => kind === 'unit_test').map(({ step }) => step)
  }
  assert.deepEqual(await taken('resource_type:unit_test'), ['of_first', 'of_sessions'])
  assert.deepEqual(await taken('first'), ['of_first'])
  assert.deepEqual(await taken('tag:daily'), ['of_first'])
  assert.deepEqual(await taken('tag:nightly'), ['of_sessions'])
  assert.deepEqual(await taken('of_*'), ['of_first', 'of_sessions'])
  assert.deepEqual(await taken('sessions_this_run'), ['of_sessions'])
  assert.deepEqual(await taken('resource_type:unit_test', '--exclude', 'of_first'), ['of_sessions'])
  assert.deepEqual(await taken('users.sums_over_all_sessions'), ['users.sums_over_all_sessions'])
  const ofUsers = await taken('module:users,resource_type:unit_test')
  assert.ok(ofUsers.length >= 7 && ofUsers.every(id => id.startsWith('users.')), ofUsers.join())
  assert.ok(!(await taken('module:users', 'resource_type:test')).includes('users.sums_over_all_sessions'))
})

test('ls: lists unit tests where they are selected, with their file', async () => {
  const project = temporaryProject({ 'seshat.yml': onlyCustom, ...models, 'models/tests.yml': firstGives(1) })
  assert.doesNotMatch((await project.seshat('ls')).stdout, /first_gives/)
  const { stdout } = await project.seshat('ls', '--select', 'resource_type:unit_test', '--output', 'json')
  assert.deepEqual(JSON.parse(stdout), {
    name: 'first_gives',
    kind: 'unit_test',
    module: null,
    materialized: null,
    path: 'models/tests.yml',
  })
})

test('compile and diff: a unit test changes nothing of what runs', async () => {
  const before = temporaryProject({ 'seshat.yml': onlyCustom, ...models })
  const after = temporaryProject({ 'seshat.yml': onlyCustom, ...models, 'models/tests.yml': firstGives(1) })
  const nodes = async (project: TestProject): Promise<unknown> => {
    assert.equal((await project.seshat('compile', '--adapter', 'redshift')).code, 0)
    const manifest = JSON.parse(textOf(project, 'manifest.json')) as {
      targets: { redshift: { nodes: unknown } }
    }
    return manifest.targets.redshift.nodes
  }
  assert.deepEqual(await nodes(after), await nodes(before))
  const { code, stdout } = await after.seshat(
    'diff',
    '--base',
    before.directory,
    '--format',
    'json',
    '--exit-code',
  )
  assert.deepEqual([code, (JSON.parse(stdout) as { nodes: unknown[] }).nodes], [0, []])
})
