// The metadata of runs: one id for all modules of a run, a new one after a run that died, one row per run and module
// whose counts are those of the tables, and what destroying takes away.

import assert from 'node:assert/strict'
import { spawn } from 'node:child_process'
import { join } from 'node:path'
import { after, before, beforeEach, describe, test } from 'node:test'
import type { Driver, Value } from '../adapters/driver.js'
import { packageDirectory } from './command_line.js'
import { connectTo, ModuleRuns, troubleAt, type Variables } from './module_runs.js'
import { createPageViewsTable, type PageView, stagePageViews } from './staged_page_views.js'
import {
  databases,
  sessionsAndUsers,
  type TestDatabase,
  type TestProject,
  temporaryProject,
} from './support.js'
import { dropSchemas } from './web_tables.js'

const pageViews: readonly PageView[] = [
  { id: 'a1', session: 'a', user: 'u', start: '2024-01-01 10:00:00.5' },
  { id: 'a2', session: 'a', user: 'u', start: '2024-01-01 10:05:00' },
  { id: 'b1', session: 'b', user: 'u', start: '2024-01-02 10:00:00' },
  { id: 'c1', session: 'c', user: 'v', start: '2024-01-03 10:00:00' },
  { id: 'n1', session: null, user: 'w', start: '2024-01-04 10:00:00' },
]

for (const { name, open } of databases) {
  describe(`metadata on ${name}`, () => {
    let database: TestDatabase
    let driver: Driver
    let runs: ModuleRuns
    const project = temporaryProject({ 'seshat.yml': `name: t\nprofile: test\n${sessionsAndUsers}` })
    before(async () => {
      database = await open()
      project.write({ 'profiles.yml': database.profiles })
      driver = await connectTo(database)
      runs = new ModuleRuns(project, driver)
    })
    after(async () => {
      await driver.close()
      await database.close()
    })
    beforeEach(async () => {
      await dropSchemas(database)
      await createPageViewsTable(database, 'scratch.page_views_staged')
      await stage(pageViews)
    })

    const stage = (rows: readonly PageView[]): Promise<void> =>
      stagePageViews(database, 'scratch.page_views_staged', rows)
    const run = async (select: string, variables: Variables = {}): Promise<void> => {
      const { code, diagnostics } = await runs.run(select, variables)
      assert.equal(code, 0, diagnostics.map(({ message }) => message).join('\n'))
    }
    const exists = async (table: string): Promise<boolean> =>
      (await database.query(`select to_regclass('${table}') is not null`))[0]?.[0] === true
    /** Module and run id of every row, the runs numbered in their order. */
    const rows = async (): Promise<readonly (readonly Value[])[]> =>
      database.query(`select module, dense_rank() over (order by run_id)
        from derived.datamodel_metadata order by run_id, module`)

    test('the table: the columns that people have, in their order', async () => {
      await run('sessions')
      const columns = await database.query(`select attname, format_type(atttypid, atttypmod) from pg_attribute
        where attrelid = 'derived.datamodel_metadata'::regclass and attnum > 0 order by attnum`)
      const [text, time] = ['character varying(64)', 'timestamp without time zone']
      assert.deepEqual(columns, [
        ['run_id', time],
        ['model_version', text],
        ['model', text],
        ['module', text],
        ['run_start_tstamp', time],
        ['run_end_tstamp', time],
        ['rows_this_run', 'integer'],
        ['distinct_key', text],
        ['distinct_key_count', 'integer'],
        ['time_key', text],
        ['min_time_key', time],
        ['max_time_key', time],
        ['duplicate_rows_removed', 'integer'],
        ['distinct_keys_removed', 'integer'],
      ])
    })

    test('counts: those of the rows that each module wrote', async () => {
      await run('sessions+')
      const counted =
        await database.query(`select module, model, rows_this_run, distinct_key, distinct_key_count,
        time_key, min_time_key, max_time_key from derived.datamodel_metadata order by module`)
      const [first, last] = ['2024-01-01 10:00:00.5', '2024-01-03 10:00:00']
      assert.deepEqual(counted, [
        ['sessions', 'web', 3, 'domain_sessionid', 3, 'start_tstamp', first, '2024-01-03 10:00:00'],
        ['users', 'web', 2, 'domain_userid', 2, 'start_tstamp', first, last],
      ])
      assert.deepEqual(
        await database.query(
          `select (select count(*) from derived.sessions), (select count(*) from derived.users)`,
        ),
        [[3, 2]],
      )
      assert.deepEqual(
        await database.query(`select bool_and(run_id <= run_start_tstamp and run_start_tstamp < run_end_tstamp
          and run_end_tstamp between (clock_timestamp() at time zone 'utc') - interval '10 minutes'
          and (clock_timestamp() at time zone 'utc')) from derived.datamodel_metadata`),
        [[true]],
      )
    })

    test('counts: a run with nothing to do has a row of zeros', async () => {
      await run('sessions+')
      await run('sessions+')
      assert.deepEqual(
        await database.query(`select module, rows_this_run, distinct_key_count, min_time_key, max_time_key
          from derived.datamodel_metadata where run_id = (select max(run_id) from derived.datamodel_metadata)
          order by module`),
        [
          ['sessions', 0, 0, null, null],
          ['users', 0, 0, null, null],
        ],
      )
    })

    test('run id: shared by the modules of a run, in one command or in several', async () => {
      await run('')
      assert.equal(await exists('scratch.metadata_run_id'), false)
      await stage(pageViews)
      await run('sessions')
      await run('sessions.complete', { ends_run: false })
      await run('users')
      await run('users.complete')
      assert.equal(await exists('scratch.metadata_run_id'), false)
      await run('sessions')
      assert.deepEqual(await rows(), [
        ['sessions', 1],
        ['users', 1],
        ['sessions', 2],
        ['users', 2],
        ['sessions', 3],
      ])
    })

    test('ends_run: true ends it with this complete, false never, auto with the last of the plan', async () => {
      const endedAfter = async (select: string, ends_run: unknown): Promise<boolean> => {
        await run('sessions')
        await run('users')
        await run(select, { ends_run })
        return !(await exists('scratch.metadata_run_id'))
      }
      for (const select of ['sessions.complete', 'sessions+']) {
        assert.equal(await endedAfter(select, false), false, `${select}, false`)
        assert.equal(await endedAfter(select, true), true, `${select}, true`)
        assert.equal(await endedAfter(select, 'auto'), true, `${select}, auto`)
      }
      // Of two complete steps, auto ends the run with the second: both modules have the same id.
      await run('sessions+')
      const [[ids]] = (await database.query(`select count(distinct run_id) from (
        select run_id from derived.datamodel_metadata order by run_end_tstamp desc limit 2) as t`)) as [
        [Value],
      ]
      assert.equal(ids, 1)
    })

    test('ends_run true for sessions alone: users begins another run', async () => {
      await run('', { sessions: { ends_run: true } })
      assert.deepEqual(await rows(), [
        ['sessions', 1],
        ['users', 2],
      ])
    })

    test('repeating a module within a run: replaces its row', async () => {
      await run('sessions')
      await stage([{ id: 'd1', session: 'd', start: '2024-01-05 10:00:00' }])
      await run('sessions')
      await run('users')
      await run('users')
      assert.equal((await rows()).join(' '), 'sessions,1 users,1')
      assert.deepEqual(
        await database.query(
          `select rows_this_run, max_time_key from derived.datamodel_metadata where module = 'sessions'`,
        ),
        [[4, '2024-01-05 10:00:00']],
      )
    })

    test('a statement that failed: the run goes on under its id', async () => {
      await run('sessions')
      for (const at of [3, 12, 20]) {
        const { code } = await runs.run('users', {}, troubleAt({ kind: 'fails', at }))
        assert.equal(code, 1)
        assert.equal(await exists('scratch.metadata_run_open'), false)
      }
      await run('users')
      assert.deepEqual(await rows(), [
        ['sessions', 1],
        ['users', 1],
      ])
    })

    test('a run that died once it was under way: the next one has a new id', async () => {
      for (const at of [8, 14, 22]) {
        await run('sessions')
        const [[before]] = (await database.query('select max(run_id) from derived.datamodel_metadata')) as [
          [Value],
        ]
        await runs.run('sessions', {}, troubleAt({ kind: 'dies', at }))
        assert.equal(await exists('scratch.metadata_run_open'), true)
        await run('sessions')
        assert.equal(await exists('scratch.metadata_run_open'), false)
        const [[newer]] = (await database.query(
          `select max(run_id) > '${String(before)}' from derived.datamodel_metadata`,
        )) as [[Value]]
        assert.equal(newer, true, `after a death at statement ${at}`)
      }
      assert.equal((await rows()).join(' '), 'sessions,1 sessions,2 sessions,3 sessions,4')
    })

    test('the mark of a run that died: the next command begins a new run', async () => {
      await run('sessions')
      await database.query('create table scratch.metadata_run_open (opened_tstamp timestamp)')
      await database.query(`insert into scratch.metadata_run_open values ('2024-01-01 00:00:00')`)
      await run('users')
      assert.deepEqual(await rows(), [
        ['sessions', 1],
        ['users', 2],
      ])
      assert.equal(await exists('scratch.metadata_run_open'), false)
    })

    test('kill -9 during a long statement: nothing is lost, and the next run has a new id', async () => {
      const model = `{{ config(materialized='table') }}
select count(*) as n, count(pg_sleep(3)) as slept from {{ ref('sessions') }} where domain_sessionid = 'a'`
      project.write({ 'models/slow.sql': model })
      await killDuring(project, 'sessions.commit')
      project.write({ 'models/slow.sql': model.replace('pg_sleep(3)', '1') })
      assert.equal(await exists('scratch.metadata_run_open'), true)
      // A server notices only after a while that the client is gone, and holds its lock until then.
      const again = await project.seshat('run', '--wait', '60s')
      assert.equal(again.code, 0, again.stdout + again.stderr)
      assert.deepEqual(await rows(), [
        ['sessions', 1],
        ['sessions', 2],
        ['users', 2],
      ])
      assert.deepEqual(await database.query('select count(*) from derived.sessions'), [[3]])
      assert.deepEqual(await database.query('select n from derived.slow'), [[1]])
      assert.deepEqual(await database.query('select count(*) from scratch.page_views_staged'), [[0]])
    })

    test('destroy: takes the rows of the module, and the tables with the last', async () => {
      await run('')
      await run('sessions')
      await run('users')
      const destroy = async (module: string): Promise<void> => {
        const { code, stdout, stderr } = await project.seshat('destroy', module, '--yes')
        assert.equal(code, 0, stdout + stderr)
      }
      await destroy('sessions')
      assert.deepEqual(await rows(), [
        ['users', 1],
        ['users', 2],
      ])
      assert.equal(await exists('scratch.metadata_run_id'), true)
      await destroy('users')
      for (const table of [
        'derived.datamodel_metadata',
        'scratch.metadata_run_id',
        'scratch.metadata_run_open',
      ]) {
        assert.equal(await exists(table), false, table)
      }
      await destroy('users')
    })
  })
}

/** Starts `seshat run` and kills it half a second after the step has gone through, in the midst of the one after it. */
function killDuring(project: TestProject, step: string): Promise<void> {
  const cli = join(packageDirectory, 'dist', 'compiler', 'start_bundle.cjs')
  // One thread, so that what had been done by then is known.
  const child = spawn(process.execPath, [cli, 'run', '--threads', '1'], { cwd: project.directory })
  return new Promise((resolve, reject) => {
    let output = ''
    const read = (chunk: unknown): void => {
      output += String(chunk)
      if (output.includes(`ok    ${step} `)) setTimeout(() => child.kill('SIGKILL'), 500)
    }
    child.stdout.on('data', read)
    child.stderr.on('data', read)
    child.on('error', reject)
    child.on('close', (code, signal) =>
      signal === 'SIGKILL' ? resolve() : reject(new Error(`was not killed, exit code ${code}\n${output}`)),
    )
  })
}
