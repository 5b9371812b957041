// What an invocation leaves that was killed or interrupted, and that a retry takes it up: from the journal where nobody
// could write results, until it has caught up where it was to, and from the mark of a rebuild.

import assert from 'node:assert/strict'
import { appendFileSync, cpSync, existsSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'
import { packageDirectory } from './command_line.js'
import { forever, resultsOf, stepStarted, stopWhile, story, textOf } from './run_results.js'
import { sessionsAndUsers, type TestProject, temporaryProject } from './support.js'

const asTable = "{{ config(materialized='table') }}\n"
const timeout = 300_000

const middle = (series: number): string => `${asTable}select count(*) as n
from {{ ref('first') }} as f
cross join generate_series(1, ${series}) as g`
const chain = (): TestProject =>
  temporaryProject({
    'seshat.yml': `name: t\n${sessionsAndUsers}`,
    'models/first.sql': `${asTable}select 1 as n`,
    'models/middle.sql': middle(forever),
    'models/last.sql': `${asTable}select m.n from {{ ref('middle') }} as m`,
  })

async function succeed(project: TestProject, ...words: readonly string[]): Promise<string> {
  const { code, stdout, stderr } = await project.seshat(...words)
  assert.equal(code, 0, `seshat ${words.join(' ')}\n${stdout}${stderr}`)
  return stdout
}

test('SIGKILL: the journal has what was done, and retry runs the rest', { timeout }, async () => {
  const project = chain()
  const words = ['run', '--select', 'first+', '--threads', '3']
  assert.equal(await stopWhile(project, words, stepStarted('middle'), 'SIGKILL'), null)
  assert.ok(!existsSync(join(project.directory, 'target', 'run_results.json')))
  const lines = textOf(project, 'run_results.jsonl').trim().split('\n')
  const events = lines.map(line => JSON.parse(line) as { event: string; id?: string })
  assert.deepEqual(
    events.map(({ event, id }) => (id === undefined ? event : `${event} ${id}`)),
    ['invocation', 'run', 'result first'],
  )
  // The line that a kill cuts off.
  appendFileSync(
    join(project.directory, 'target', 'run_results.jsonl'),
    '{"event":"result","run":1,"id":"mid',
  )
  project.write({ 'models/middle.sql': middle(1) })
  await succeed(project, 'retry')
  assert.deepEqual(story(project), ['success middle', 'success last'])
  assert.equal(resultsOf(project).arguments['threads'], 3)
  assert.match(await succeed(project, 'retry'), /^Nothing to retry/)
})

test('SIGINT: the results say interrupted, and retry runs what was under way and what was not begun', {
  timeout,
}, async () => {
  const project = chain()
  assert.equal(await stopWhile(project, ['run', '--select', 'first+'], stepStarted('middle'), 'SIGINT'), 130)
  assert.equal(resultsOf(project).status, 'interrupted')
  assert.deepEqual(story(project), ['success first', 'error middle', 'skipped last'])
  project.write({ 'models/middle.sql': middle(1) })
  await succeed(project, 'retry')
  assert.deepEqual(story(project), ['success middle', 'success last'])
})

test('SIGKILL of run --until-caught-up: retry ends the run that died and goes on until all is read', {
  timeout,
}, async () => {
  const project = temporaryProject({})
  cpSync(join(packageDirectory, 'demo'), project.directory, { recursive: true })
  await succeed(project, 'seed')
  // It takes forever from the third run on.
  const stuck = (from: string): string => `${asTable}
select count(*) as n
from {{ ref('base_progress') }} as p
cross join generate_series(1, (
    select case when max(q.read_up_to) > timestamp '${from}' then ${forever} else 1 end
    from {{ ref('base_progress') }} as q
)) as g`
  project.write({ 'models/stuck.sql': stuck('2024-01-16') })
  const words = ['run', '--until-caught-up', '--vars', '{base: {update_cadence_days: 7}}']
  const third = new RegExp(`(?:"event":"goes_on"[^]*){2}${stepStarted('stuck').source}`)
  await stopWhile(project, words, third, 'SIGKILL')
  project.write({ 'models/stuck.sql': stuck('2034-01-01') })
  await succeed(project, 'retry', '--log-format', 'json')
  const { results } = resultsOf(project)
  const runs = [...new Set(results.map(({ run }) => run))]
  assert.ok(runs.length >= 3, `${runs}`)
  const firstRun = results.filter(({ run }) => run === 1).map(({ id }) => id)
  // What base had handed on was not taken yet, so base makes it again.
  assert.ok(firstRun.includes('stuck') && firstRun.includes('base.commit'), `${firstRun}`)
  for (const [table, count] of [
    ['page_views', 5061],
    ['sessions', 2124],
    ['users', 899],
  ] as const) {
    const shown = await succeed(project, 'show', table, '--limit', '10000', '--output', 'json')
    assert.equal((JSON.parse(shown) as readonly unknown[]).length, count, table)
  }

  const rebuilding = ['run', '--full-refresh', '--vars', '{base: {update_cadence_days: 20}}']
  const swapped = (): readonly string[] => story(project).filter(line => / run\.swap$/.test(line))
  await stopWhile(project, rebuilding, /"event":"goes_on"/, 'SIGKILL')
  await succeed(project, 'retry')
  assert.deepEqual(swapped(), ['success run.swap'])
  const again = JSON.parse(textOf(project, 'run_results.jsonl').split('\n')[0] ?? '') as {
    arguments: { full_refresh: boolean }
  }
  assert.ok(again.arguments.full_refresh)
})
