// seshat retry with the real command line: what failed or was skipped, with the same arguments, as often as need be.

import assert from 'node:assert/strict'
import { createHash } from 'node:crypto'
import { readFileSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { after, before, beforeEach, describe, test } from 'node:test'
import type { CommandResult } from './command_line.js'
import { resultsOf, story, textOf } from './run_results.js'
import { createPageViewsTable, stagePageViews } from './staged_page_views.js'
import {
  databases,
  sessionsAndUsers,
  type TestDatabase,
  type TestProject,
  temporaryProject,
} from './support.js'
import { dropSchemas } from './web_tables.js'

const staged = 'scratch.page_views_staged'
const asTable = "{{ config(materialized='table') }}\n"
const pages = (divisor: string): string => `{{ config(materialized='table') }}
select s.domain_sessionid, s.page_views / ${divisor} as pages, {{ literal(var('goal')) }} as goal
from {{ ref('sessions_this_run') }} as s`
const total = "{{ config(materialized='table') }}\nselect sum(p.pages) as pages from {{ ref('pages') }} as p"
const other =
  "{{ config(materialized='table') }}\nselect count(*) as sessions from {{ ref('sessions') }} as s"
const broken = '(select 0)'

for (const { name, open } of databases) {
  describe(`retry on ${name}`, () => {
    let database: TestDatabase
    let project: TestProject
    before(async () => {
      database = await open()
    })
    after(() => database.close())

    /** One step at a time, so that their order is one. */
    const profiles = (): string => database.profiles.replace('"threads":4', '"threads":1')
    const files = (): Readonly<Record<string, string>> => ({
      'seshat.yml': `name: t\nprofile: test\nvars: {custom: {goal: none}}\n${sessionsAndUsers}`,
      'profiles.yml': profiles(),
      'models/pages.sql': pages(broken),
      'models/total.sql': total,
      'models/other.sql': other,
    })
    beforeEach(async () => {
      await dropSchemas(database)
      await createPageViewsTable(database, staged)
      await stagePageViews(database, staged, [
        { id: 'a1', session: 'a', start: '2024-01-01 10:00:00' },
        { id: 'a2', session: 'a', start: '2024-01-01 10:05:00' },
        { id: 'b1', session: 'b', start: '2024-01-02 10:00:00' },
      ])
    })
    const useProject = (): void => {
      project = temporaryProject(files())
    }
    const end = async (code: number, ...words: readonly string[]): Promise<CommandResult> => {
      const result = await project.seshat(...words)
      assert.equal(result.code, code, `seshat ${words.join(' ')}\n${result.stdout}${result.stderr}`)
      return result
    }
    const undone = ['pages', 'total', 'sessions.complete']

    test('retry: runs exactly what failed and what was skipped, again and again, until nothing is left', async () => {
      useProject()
      await end(1, 'run')
      assert.deepEqual(
        story(project).filter(line => !line.startsWith('success')),
        ['error pages', 'skipped total', 'skipped sessions.complete'],
      )
      const first = resultsOf(project)
      for (let attempt = 0; attempt < 2; attempt++) {
        await end(1, 'retry')
        assert.deepEqual(story(project), ['error pages', 'skipped total', 'skipped sessions.complete'])
      }
      project.write({ 'models/pages.sql': pages('1') })
      const { stdout } = await end(0, 'retry')
      assert.match(stdout, /^retrying 3 of \d+ nodes of seshat run, started \d{4}-\d\d-\d\dT/)
      assert.deepEqual(
        story(project),
        undone.map(id => `success ${id}`),
      )
      assert.deepEqual(await database.query('select pages from derived.total'), [[3]])
      assert.deepEqual(await database.query(`select count(*) from ${staged}`), [[0]])
      const last = resultsOf(project)
      assert.notEqual(last.invocation_id, first.invocation_id)
      assert.match((await end(0, 'retry')).stdout, /^Nothing to retry: everything succeeded in seshat run/)
      assert.equal(resultsOf(project).invocation_id, last.invocation_id)
    })

    test('retry: has the arguments of the invocation, and so has the retry of a retry', async () => {
      useProject()
      const given = ['--vars', '{custom: {goal: /a1}}', '--threads', '1', '--exclude', 'other']
      await end(1, 'run', '--select', 'module:sessions', ...given)
      await end(1, 'retry')
      project.write({ 'models/pages.sql': pages('1') })
      await end(0, 'retry')
      assert.deepEqual(await database.query('select distinct goal from derived.pages'), [['/a1']])
      assert.deepEqual(resultsOf(project).arguments, {
        select: ['module:sessions'],
        exclude: ['other'],
        state: null,
        vars: '{custom: {goal: /a1}}',
        target: null,
        profiles_dir: null,
        full_refresh: false,
        backfill: null,
        until_caught_up: false,
        threads: 1,
        hidden: false,
      })
    })

    test('retry: a model that a correction has put before it runs too, one that is gone is left out by name', async () => {
      useProject()
      await end(1, 'run', '--exclude', 'module:users')
      project.write({
        'models/counted.sql': `${asTable}select s.domain_sessionid from {{ ref('sessions_this_run') }} as s`,
        'models/reader.sql': `${asTable}select count(*) as n from {{ ref('sessions_this_run') }} as s`,
        'models/unasked.sql': `${asTable}select 1 as n`,
        'models/pages.sql': `${asTable}select c.domain_sessionid, 1 as pages, 'x' as goal from {{ ref('counted') }} as c`,
      })
      rmSync(join(project.directory, 'models/total.sql'))
      const { stderr } = await end(0, 'retry')
      assert.match(stderr, /^warning\[node-gone\]: total is left out: it is gone/)
      assert.deepEqual(story(project), [
        'success counted',
        'success pages',
        'success reader',
        'success sessions.complete',
      ])
    })

    test('retry: of a test takes the tests that failed', async () => {
      useProject()
      project.write({ 'models/pages.sql': pages('1') })
      await end(0, 'run')
      await database.query("update derived.sessions set engaged_time_in_s = -5 where domain_sessionid = 'a'")
      await end(1, 'test')
      const failed = resultsOf(project).results.filter(({ status }) => status === 'error')
      assert.deepEqual(
        failed.map(({ id, diagnostics }) => [id, diagnostics.map(({ code }) => code)]),
        [['sessions_times', ['test-failed']]],
      )
      await database.query('update derived.sessions set engaged_time_in_s = 5')
      await end(0, 'retry')
      assert.deepEqual(story(project), ['success sessions_times'])
    })

    test('retry: of a seed loads the files that were not loaded', async () => {
      useProject()
      project.write({ 'models/pages.sql': pages('1'), 'seeds/good.csv': 'n\n1\n', 'seeds/bad.csv': 'n\nx\n' })
      project.write({
        'seshat.yml': `name: t\nprofile: test\nvars: {custom: {goal: none}}\nseeds: {bad: {column_types: {n: int}}}\n${sessionsAndUsers}`,
      })
      await end(1, 'seed')
      project.write({ 'seeds/bad.csv': 'n\n2\n' })
      await end(0, 'retry')
      assert.deepEqual(story(project), ['success bad'])
      assert.deepEqual(await database.query('select n from derived.bad'), [[2]])
    })

    test('retry: of a rebuild runs what makes the tables of one run again, where nothing else holds them', async () => {
      useProject()
      project.write({ 'models/pages.sql': pages('1') })
      await end(0, 'run')
      const gone = (divisor: string): string =>
        `${asTable}select r.domain_userid, 1 / ${divisor} as n from {{ ref('users_replaced') }} as r`
      const kept = (divisor: string): string =>
        `${asTable}select u.domain_userid, 1 / ${divisor} as n from {{ ref('users_this_run') }} as u`
      project.write({ 'models/kept.sql': kept(broken) })
      await end(1, 'run', '--full-refresh', '--select', 'users+')
      project.write({ 'models/kept.sql': kept('1') })
      await end(0, 'retry')
      assert.deepEqual(story(project), ['success kept', 'success users.complete'])
      assert.deepEqual(await database.query('select count(*) from derived.kept'), [[2]])

      project.write({ 'models/gone.sql': gone(broken) })
      await end(1, 'run', '--full-refresh', '--select', 'users+')
      project.write({ 'models/gone.sql': gone('1') })
      await end(0, 'retry')
      const ran = story(project)
      for (const id of ['users.setup', 'users.commit', 'gone', 'users.complete'])
        assert.ok(ran.includes(`success ${id}`), `${id} of ${ran}`)
      assert.deepEqual(await database.query('select count(*) from derived.gone'), [[2]])
    })

    test('results: hold status, rows and the hash of the compiled statements of each step', async () => {
      useProject()
      project.write({ 'models/pages.sql': pages('1') })
      await end(0, 'run', '--select', 'sessions', 'pages')
      const { results, status } = resultsOf(project)
      assert.equal(status, 'success')
      assert.deepEqual(
        results.map(({ id, run, rows }) => [id, run, rows]),
        [
          ['sessions.setup', 1, null],
          ['sessions_batch', 1, 2],
          ['sessions_this_run', 1, 2],
          ['sessions', 1, null],
          ['sessions_userid_manifest_staged', 1, null],
          ['sessions.commit', 1, 4],
          ['pages', 1, 2],
        ],
      )
      for (const { id, statement_hash } of results) {
        const compiled = readFileSync(join(project.directory, 'target/compiled/dev/sessions', `${id}.sql`))
        assert.equal(statement_hash, createHash('sha256').update(compiled).digest('hex'), id)
      }
      const lines = textOf(project, 'run_results.jsonl').trim().split('\n')
      assert.equal(lines.length, results.length + 3)
    })

    test('results: a secret of the profile does not get into them, and --vars with one cannot be repeated', async () => {
      useProject()
      const secret = 'correct-horse'
      const withPassword = JSON.parse(profiles()) as { test: { outputs: { dev: Record<string, unknown> } } }
      withPassword.test.outputs.dev['password'] = secret
      project.write({
        'profiles.yml': JSON.stringify(withPassword),
        'models/pages.sql': `{{ config(materialized='table') }}\nselect cast('${secret}' as int) as pages`,
      })
      await end(1, 'run', '--select', 'pages')
      for (const file of ['run_results.json', 'run_results.jsonl']) {
        assert.ok(!textOf(project, file).includes(secret), file)
        assert.match(textOf(project, file), /invalid input syntax for type integer: \\"\*\*\*\\"/)
      }
      await end(1, 'run', '--select', 'pages', '--vars', `{custom: {goal: ${secret}}}`)
      for (const file of ['run_results.json', 'run_results.jsonl'])
        assert.ok(!textOf(project, file).includes(secret), file)
      assert.match((await end(2, 'retry')).stderr, /^error\[cannot-retry\]/)
    })

    test('results: of an invocation that could not connect has everything skipped, and retry runs all of it', async () => {
      useProject()
      const words = ['run', '--select', 'other']
      project.write({ 'profiles.yml': profiles().replace(/"port":\d+/, '"port":1') })
      await end(2, ...words)
      assert.deepEqual(story(project), ['skipped other'])
      assert.equal(resultsOf(project).diagnostics.length, 1)
      project.write({ 'profiles.yml': profiles() })
      await database.query('create schema derived')
      await database.query("create table derived.sessions as select 'a' as domain_sessionid")
      await end(0, 'retry')
      assert.deepEqual(story(project), ['success other'])
    })

    test('retry: without results, or with those of another format or project, says so', async () => {
      useProject()
      assert.match((await end(2, 'retry')).stderr, /^error\[no-results\]/)
      project.write({ 'target/run_results.json': '{"version": 7}' })
      assert.match((await end(2, 'retry')).stderr, /^error\[bad-results\].*\n.*Its format is 7, ours 1/)
      project.write({ 'target/run_results.json': '{"version": 1}' })
      assert.match((await end(2, 'retry')).stderr, /^error\[bad-results\]/)
    })
  })
}
