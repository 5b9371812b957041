// Data tests in the life of modules: what a failing one holds up between main and complete, that the input stays for the next
// run, and what becomes of tests of tables that are gone.

import assert from 'node:assert/strict'
import { after, before, beforeEach, describe, test } from 'node:test'
import type { CommandResult } from './command_line.js'
import { foundBy, resultsOf, story } from './run_results.js'
import { createPageViewsTable, stagePageViews } from './staged_page_views.js'
import {
  databases,
  sessionsAndUsers,
  type TestDatabase,
  type TestProject,
  temporaryProject,
} from './support.js'

const table = 'scratch.page_views_staged'

for (const { name, open } of databases) {
  describe(`data tests of modules on ${name}`, () => {
    let database: TestDatabase
    let project: TestProject
    before(async () => {
      database = await open()
    })
    after(() => database.close())
    beforeEach(async () => {
      for (const schema of ['scratch', 'derived'])
        await database.query(`drop schema if exists ${schema} cascade`)
      await createPageViewsTable(database, table)
      await stagePageViews(database, table, [
        { id: 'a1', session: 'a', start: '2024-01-01 10:00:00' },
        { id: 'a2', session: 'a', start: '2024-01-01 10:05:00' },
        { id: 'b1', session: 'b', start: '2024-01-02 10:00:00' },
      ])
    })

    const use = (tests: string, more: Readonly<Record<string, string>> = {}): void => {
      project = temporaryProject({
        'seshat.yml': `name: t\nprofile: test\n${sessionsAndUsers}`,
        'profiles.yml': database.profiles,
        'models/models.yml': `models:\n${tests}`,
        ...more,
      })
    }
    const seshat = async (code: number, ...words: readonly string[]): Promise<CommandResult> => {
      const result = await project.seshat(...words)
      assert.equal(result.code, code, result.stdout + result.stderr)
      return result
    }
    const staged = (): Promise<unknown> => database.query(`select count(*) from ${table}`)

    test('scratch table: tested in build before its complete step drops it, skipped with the reason in test', async () => {
      use(
        '  - {name: sessions_this_run, columns: [{name: domain_sessionid, data_tests: [unique, not_null]}]}\n',
      )
      await seshat(0, 'build')
      const [unique] = resultsOf(project).results.filter(
        ({ id }) => id === 'unique_sessions_this_run_domain_sessionid',
      )
      assert.deepEqual([unique?.status, unique?.failures], ['success', 0])
      const { stdout } = await seshat(0, 'test', '--select', 'unique_sessions_this_run_domain_sessionid')
      assert.match(
        stdout,
        /skip {2}unique_sessions_this_run_domain_sessionid.*\n +scratch\.sessions_this_run is not there: sessions\.complete has dropped it/,
      )
      assert.deepEqual(foundBy(project), ['skipped unique_sessions_this_run_domain_sessionid null'])
      await seshat(0, 'retry')
    })

    test('failing on scratch rows: nothing is committed, and the input stays', async () => {
      use(
        '  - {name: sessions_this_run, data_tests: [expression: {name: few, expression: page_views < 2}]}\n',
      )
      await seshat(1, 'build')
      assert.deepEqual(
        story(project).filter(line => /few|sessions\.(commit|complete)|users\.commit/.test(line)),
        ['error few', 'skipped sessions.commit', 'skipped sessions.complete', 'skipped users.commit'],
      )
      assert.deepEqual(await database.query('select count(*) from derived.sessions'), [[0]])
      assert.deepEqual(await staged(), [[3]])
      use(
        '  - {name: sessions_this_run, data_tests: [expression: {name: few, expression: page_views < 3}]}\n',
      )
      await seshat(0, 'build')
      assert.deepEqual(await database.query('select count(*) from derived.sessions'), [[2]])
      assert.deepEqual(await staged(), [[0]])
    })

    test('failing on a production table: users and complete are skipped, and the next run takes the input again', async () => {
      const few = (most: number): string =>
        `  - {name: sessions, data_tests: [expression: {name: few, expression: page_views < ${most}}]}\n`
      const counted = {
        'models/counted.sql': `{{ config(materialized='incremental', unique_key='domain_sessionid') }}
select s.domain_sessionid, s.page_views from {{ ref('sessions') }} as s`,
      }
      use(few(2), counted)
      const { stderr } = await seshat(1, 'build')
      assert.match(stderr, /few: 1 row of sessions does not meet: page_views < 2/)
      assert.match(stderr, /domain_sessionid {2}page_views\n.*\n {2}a +2\n/)
      assert.deepEqual(
        story(project).filter(line => /few|counted|\.(setup|commit|complete)/.test(line)),
        [
          'success sessions.setup',
          'success sessions.commit',
          'error few',
          'skipped counted',
          'skipped sessions.complete',
          'skipped users.setup',
          'skipped users.commit',
          'skipped users.complete',
        ],
      )
      assert.deepEqual(await staged(), [[3]])
      await stagePageViews(database, table, [{ id: 'c1', session: 'c', start: '2024-01-03 10:00:00' }])
      use(few(3), counted)
      await seshat(0, 'build')
      assert.deepEqual(await staged(), [[0]])
      assert.deepEqual(
        await database.query('select domain_sessionid, page_views from derived.counted order by 1'),
        [
          ['a', 2],
          ['b', 1],
          ['c', 1],
        ],
      )
      assert.deepEqual(await database.query('select sum(sessions) from derived.users'), [[3]])
    })

    test('a law that fails in test leaves the other tests alone', async () => {
      use('  - {name: users, columns: [{name: domain_userid, data_tests: [not_null: {name: known}]}]}\n')
      await seshat(0, 'build')
      await database.query('update derived.sessions set engaged_time_in_s = -5')
      await seshat(1, 'test')
      const others = foundBy(project).filter(line => !line.startsWith('success'))
      assert.deepEqual(others, [
        'skipped sessions_have_page_views null',
        'skipped sessions_of_page_views null',
        'error sessions_times 2',
      ])
    })

    test('destroy: drops the tables of failing rows of the tests of a module', async () => {
      use(
        '  - {name: sessions, data_tests: [expression: {name: few, expression: page_views < 9, store_failures: true}]}\n',
      )
      await seshat(0, 'build')
      assert.deepEqual(await database.query('select count(*) from scratch.few'), [[0]])
      const { stdout } = await seshat(0, 'destroy', 'users', '--yes')
      assert.doesNotMatch(stdout, /scratch\.few/)
      assert.match((await seshat(0, 'destroy', 'sessions', '--yes')).stdout, /scratch\.few/)
      assert.deepEqual(await database.query("select to_regclass('scratch.few') is null"), [[true]])
    })
  })
}
