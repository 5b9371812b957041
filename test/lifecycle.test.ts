// The life of a module on a real database: which tables each step leaves, what survives a failure, and that the steps
// one by one come to the same as all at once.

import assert from 'node:assert/strict'
import { after, before, beforeEach, describe, test } from 'node:test'
import { createPageViewsTable, stagePageViews } from './staged_page_views.js'
import {
  databases,
  modulesOff,
  sessionsAndUsers,
  type TestDatabase,
  type TestProject,
  temporaryProject,
} from './support.js'

const staged = 'scratch.page_views_staged'
const sessionsAlone = modulesOff('base', 'page_views', 'users')
const twoSessions = [
  { id: 'a1', session: 'a', start: '2024-01-01 10:00:00' },
  { id: 'a2', session: 'a', start: '2024-01-01 10:05:00' },
  { id: 'b1', session: 'b', start: '2024-01-02 10:00:00' },
]
const downloads = `{{ config(materialized='incremental', unique_key='domain_sessionid', replaces='sessions_this_run') }}
select s.domain_sessionid, count(*) as pages
from {{ ref('sessions_this_run') }} as s
inner join {{ ref('page_views_staged') }} as p on p.domain_sessionid = s.domain_sessionid
group by s.domain_sessionid`

for (const { name, open } of databases) {
  describe(`life cycle on ${name}`, () => {
    let database: TestDatabase
    let project: TestProject
    before(async () => {
      database = await open()
    })
    after(() => database.close())

    const useProject = (
      settings = '',
      models: Readonly<Record<string, string>> = {},
      modules = sessionsAndUsers,
    ): void => {
      project = temporaryProject({
        'seshat.yml': `name: t\nprofile: test\n${settings}${modules}`,
        'profiles.yml': database.profiles,
        ...models,
      })
    }
    const succeed = async (...words: readonly string[]): Promise<string> => {
      const { code, stdout, stderr } = await project.seshat(...words)
      assert.equal(code, 0, `seshat ${words.join(' ')}\n${stdout}${stderr}`)
      return stdout + stderr
    }
    const tables = async (): Promise<readonly string[]> =>
      (
        await database.query(`select table_schema || '.' || table_name from information_schema.tables
        where table_schema not in ('pg_catalog', 'information_schema') order by 1`)
      ).map(row => String(row[0]))
    const sessions = (): Promise<readonly unknown[]> =>
      database.query(
        'select domain_sessionid, page_views, start_tstamp, first_page_urlpath, last_page_urlpath from derived.sessions order by 1',
      )

    beforeEach(async () => {
      for (const schema of ['scratch', 'derived', 'custom', 'atomic', 'my_scratch', 'my_output']) {
        await database.query(`drop schema if exists ${schema} cascade`)
      }
      await createPageViewsTable(database, staged)
      await stagePageViews(database, staged, twoSessions)
    })

    const bothSessions = [
      ['a', 2, '2024-01-01 10:00:00', '/a1', '/a2'],
      ['b', 1, '2024-01-02 10:00:00', '/b1', '/b1'],
    ]

    test('run --select sessions: writes sessions, the staged user manifest and keeps its scratch tables', async () => {
      useProject()
      await succeed('run', '--select', 'sessions')
      assert.deepEqual(await tables(), [
        'derived.datamodel_metadata',
        'derived.inherited_rows',
        'derived.sessions',
        'scratch.metadata_run_id',
        'scratch.page_views_staged',
        'scratch.page_views_staged_read',
        'scratch.page_views_staged_removed',
        'scratch.page_views_staged_removed_read',
        'scratch.sessions_batch',
        'scratch.sessions_limits',
        'scratch.sessions_metadata_this_run',
        'scratch.sessions_replaced',
        'scratch.sessions_this_run',
        'scratch.sessions_userid_manifest_staged',
        'scratch.sessions_userid_manifest_staged_rows',
      ])
      assert.deepEqual(await sessions(), bothSessions)
      assert.deepEqual(
        await database.query('select * from scratch.sessions_userid_manifest_staged order by 1'),
        [
          ['user of a', '2024-01-01 10:00:00'],
          ['user of b', '2024-01-02 10:00:00'],
        ],
      )
    })

    const afterSessions = [
      'derived.datamodel_metadata',
      'derived.inherited_rows',
      'derived.sessions',
      'scratch.page_views_staged',
      'scratch.page_views_staged_removed',
      'scratch.sessions_userid_manifest_staged',
    ]
    const main = [
      'scratch.sessions_limits',
      'scratch.sessions_metadata_this_run',
      'scratch.sessions_this_run',
    ]
    const rest = [
      'scratch.page_views_staged_read',
      'scratch.page_views_staged_removed_read',
      'scratch.sessions_batch',
      'scratch.sessions_replaced',
      'scratch.sessions_userid_manifest_staged_rows',
    ]
    for (const [mode, left] of [
      ['all', []],
      ['debug', main],
      ['trace', [...main, ...rest]],
    ] as const) {
      test(`cleanup_mode ${mode}: complete leaves exactly its tables`, async () => {
        useProject(`vars: {sessions: {cleanup_mode: ${mode}}}\n`)
        await succeed('run', '--select', 'sessions', 'sessions.complete')
        assert.deepEqual(await tables(), [...afterSessions, ...left].sort())
        assert.deepEqual(await database.query(`select count(*) from ${staged}`), [[0]])
      })
    }

    test('ends_run false: the run id stays; auto on the last complete step and true: it goes', async () => {
      useProject()
      await succeed(
        'run',
        '--select',
        'sessions',
        'sessions.complete',
        '--vars',
        'sessions: {ends_run: false}',
      )
      assert.ok((await tables()).includes('scratch.metadata_run_id'))
      await succeed(
        'run',
        '--select',
        'sessions',
        'sessions.complete',
        '--vars',
        'sessions: {ends_run: true}',
      )
      assert.ok(!(await tables()).includes('scratch.metadata_run_id'))
      await succeed('run')
      assert.ok(!(await tables()).includes('scratch.metadata_run_id'))
    })

    test('entropy: every table written ends in it, input and all', async () => {
      await createPageViewsTable(database, `${staged}_test`)
      await stagePageViews(database, `${staged}_test`, twoSessions)
      useProject('vars: {entropy: _test}\n', { 'models/downloads.sql': downloads })
      await succeed('run')
      assert.deepEqual(await tables(), [
        'derived.datamodel_metadata_test',
        'derived.downloads_test',
        'derived.inherited_rows_test',
        'derived.sessions_test',
        'derived.users_manifest_test',
        'derived.users_test',
        staged,
        `${staged}_removed_test`,
        `${staged}_test`,
        'scratch.sessions_userid_manifest_staged_test',
      ])
      assert.deepEqual(await database.query(`select count(*) from ${staged}`), [[3]])
    })

    test('scratch_schema and output_schema: move every table', async () => {
      await createPageViewsTable(database, 'my_scratch.page_views_staged')
      await stagePageViews(database, 'my_scratch.page_views_staged', twoSessions)
      useProject('vars: {scratch_schema: my_scratch, output_schema: my_output}\n')
      await succeed('run', '--select', 'sessions+')
      assert.deepEqual(
        (await tables()).filter(table => table.startsWith('my_')),
        [
          'my_output.datamodel_metadata',
          'my_output.inherited_rows',
          'my_output.sessions',
          'my_output.users',
          'my_output.users_manifest',
          'my_scratch.page_views_staged',
          'my_scratch.page_views_staged_removed',
          'my_scratch.sessions_userid_manifest_staged',
        ],
      )
    })

    test('skip_derived: no production table, but metadata and the next module’s input', async () => {
      useProject('vars: {sessions: {skip_derived: true}}\n', {}, sessionsAlone)
      await succeed('run')
      assert.deepEqual(await tables(), [
        'derived.datamodel_metadata',
        'derived.inherited_rows',
        staged,
        `${staged}_removed`,
      ])
      assert.deepEqual(await database.query('select module, rows_this_run from derived.datamodel_metadata'), [
        ['sessions', 2],
      ])
    })

    test('stage_next false: no staged manifest', async () => {
      useProject('vars: {sessions: {stage_next: false}}\n', {}, sessionsAlone)
      await succeed('run')
      assert.deepEqual(await tables(), [
        'derived.datamodel_metadata',
        'derived.inherited_rows',
        'derived.sessions',
        staged,
        `${staged}_removed`,
      ])
    })

    test('destroy: drops the tables of the module and of its custom models, nothing else', async () => {
      useProject('', { 'models/downloads.sql': downloads })
      await succeed('run')
      const listed = await succeed('destroy', '--select', 'sessions', '--dry-run')
      assert.match(listed, /derived\.sessions\n/)
      assert.match(listed, /derived\.downloads\n/)
      assert.ok((await tables()).includes('derived.sessions'))
      await succeed('destroy', '--select', 'sessions', '--yes')
      assert.deepEqual(await tables(), [
        'derived.datamodel_metadata',
        'derived.inherited_rows',
        'derived.users',
        'derived.users_manifest',
        staged,
      ])
      assert.deepEqual(await database.query('select distinct module from derived.datamodel_metadata'), [
        ['users'],
      ])
      await succeed('destroy', 'users', '--yes')
      assert.deepEqual(await tables(), [staged])
    })

    test('destroy: without an answer drops nothing', async () => {
      useProject()
      await succeed('run')
      const before = await tables()
      const { code, stderr } = await project.seshat('destroy', 'sessions')
      assert.equal(code, 2)
      assert.match(stderr, /not-confirmed/)
      assert.deepEqual(await tables(), before)
    })

    test('main, custom, complete one by one: the same tables as sessions+', async () => {
      const contents = async (): Promise<readonly unknown[]> => {
        const all: unknown[] = []
        for (const table of (await tables()).filter(entry => !entry.endsWith('metadata'))) {
          // When it was noted is the clock's to say.
          const columns = table.endsWith('inherited_rows') ? 'table_name, newest_tstamp' : '*'
          all.push([table, await database.rows(`select ${columns} from ${table} order by 1`)])
        }
        return all
      }
      useProject('', { 'models/downloads.sql': downloads })
      await succeed('run', '--select', 'sessions')
      await succeed('run', '--select', 'downloads')
      await succeed('run', '--select', 'sessions.complete')
      await succeed('run', '--select', 'users+')
      const oneByOne = await contents()
      await database.query('drop schema derived cascade')
      await database.query('drop schema scratch cascade')
      await createPageViewsTable(database, staged)
      await stagePageViews(database, staged, twoSessions)
      await succeed('run', '--select', 'sessions+')
      assert.deepEqual(await contents(), oneByOne)
      assert.deepEqual(await database.query('select * from derived.downloads order by 1'), [
        ['a', 2],
        ['b', 1],
      ])
    })

    for (const selection of ['sessions.commit', 'sessions', 'sessions_userid_manifest_staged']) {
      test(`run --select ${selection} alone, with rows staged since main: loses nothing`, async () => {
        useProject('', { 'models/downloads.sql': downloads })
        await succeed('run', '--select', 'sessions')
        await stagePageViews(database, staged, [
          { id: 'a3', session: 'a', start: '2024-01-01 10:07:00' },
          { id: 'c1', session: 'c', start: '2024-01-03 10:00:00' },
        ])
        await succeed('run', '--select', selection)
        const all = [
          ['a', 3, '2024-01-01 10:00:00', '/a1', '/a3'],
          ['b', 1, '2024-01-02 10:00:00', '/b1', '/b1'],
          ['c', 1, '2024-01-03 10:00:00', '/c1', '/c1'],
        ]
        assert.deepEqual(await sessions(), all)
        // Written after the commit: complete has to leave it, with the rest of its session.
        await stagePageViews(database, staged, [{ id: 'b2', session: 'b', start: '2024-01-02 10:09:00' }])
        await succeed('run', '--select', 'downloads')
        await succeed('run', '--select', 'sessions.complete')
        assert.deepEqual(await database.query(`select page_view_id from ${staged} order by 1`), [
          ['b1'],
          ['b2'],
        ])
        await succeed('run')
        assert.deepEqual(
          await sessions(),
          all.map(row => (row[0] === 'b' ? ['b', 2, '2024-01-02 10:00:00', '/b1', '/b2'] : row)),
        )
        assert.deepEqual(await database.query('select * from derived.downloads order by 1'), [
          ['a', 3],
          ['b', 2],
          ['c', 1],
        ])
        assert.deepEqual(
          await database.query('select domain_userid, sessions, page_views from derived.users order by 1'),
          [
            ['user of a', 1, 3],
            ['user of b', 1, 2],
            ['user of c', 1, 1],
          ],
        )
        assert.deepEqual(await database.query(`select count(*) from ${staged}`), [[0]])
      })
    }

    test('a failing custom model: complete is skipped and the next run picks up everything', async () => {
      useProject('', { 'models/downloads.sql': downloads.replace('count(*)', 'count(no_such_column)') })
      const { code, stdout, stderr } = await project.seshat('run', '--select', 'sessions+')
      assert.equal(code, 1)
      assert.match(stderr, /statement-failed/)
      assert.match(stdout, /skip +sessions\.complete/)
      assert.deepEqual(await database.query(`select count(*) from ${staged}`), [[3]])
      await stagePageViews(database, staged, [{ id: 'c1', session: 'c', start: '2024-01-03 10:00:00' }])
      project.write({ 'models/downloads.sql': downloads })
      await succeed('run')
      assert.deepEqual(await database.query('select * from derived.downloads order by 1'), [
        ['a', 2],
        ['b', 1],
        ['c', 1],
      ])
      assert.deepEqual(await database.query(`select count(*) from ${staged}`), [[0]])
      assert.equal((await sessions()).length, 3)
    })

    test('a reader left out by --exclude: complete warns by name', async () => {
      useProject('', { 'models/downloads.sql': downloads })
      assert.match(
        await succeed('run', '--exclude', 'downloads'),
        /reader-excluded.*sessions\.complete will remove what downloads would have read/,
      )
    })

    test('complete without a main step before it: changes no row', async () => {
      useProject()
      await succeed('run', '--select', 'sessions.complete')
      assert.deepEqual(await tables(), [staged, `${staged}_removed`])
      assert.deepEqual(await database.query(`select count(*) from ${staged}`), [[3]])
    })
  })
}
