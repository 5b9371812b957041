// Steps that run at once, on a real server: how many, in which order, and what becomes of the others when one fails, loses
// its connection, meets a conflict, or when the lock of the run is lost.

import assert from 'node:assert/strict'
import { after, before, describe, test } from 'node:test'
import { setTimeout as sleep } from 'node:timers/promises'
import type { Driver } from '../adapters/driver.js'
import { connectPostgres } from '../adapters/postgres/driver.js'
import { connectionsOf } from '../compiler/connections.js'
import { executePlan } from '../compiler/execute.js'
import type { StepResult } from '../compiler/step_result.js'
import { createAtomic, loadAtomic } from './atomic_events.js'
import { faultsOf } from './driver_fixtures.js'
import { connectionOf, ModuleRuns, quickRetries } from './module_runs.js'
import { EVENT_RATES, randomVariables } from './oracle/event_rates.js'
import { webEvents } from './oracle/event_rows.js'
import { random } from './oracle/random.js'
import { webModel } from './oracle/web_model.js'
import { databases, sessionsAndUsers, type TestDatabase, temporaryProject } from './support.js'
import { assertWebTables, dropSchemas } from './web_tables.js'

/** Gives how many sessions were in it at once: it waits for others, up to `wanted` of them or for `seconds`. */
const meet = `create function meet(place integer, wanted integer, seconds integer) returns bigint language plpgsql as $$
declare
    here bigint;
    until timestamptz := clock_timestamp() + seconds * interval '1 second';
begin
    perform pg_advisory_lock_shared(7, place);
    loop
        select count(*) into here from pg_locks where locktype = 'advisory' and classid = 7 and objid = place;
        exit when here >= wanted or clock_timestamp() > until;
        perform pg_sleep(0.02);
    end loop;
    return here;
end $$`

/** Raises an error as many times as the sequence `troubles` is short of 1000. */
const trouble = `create function trouble(state text, message text, detail text) returns boolean language plpgsql as $$
begin
    if nextval('troubles') < 1000 then raise exception using errcode = state, message = message, detail = detail; end if;
    return true;
end $$`

const asTable = (sql: string): string => `{{ config(materialized='table') }}\n${sql}`

const server = databases.find(({ name }) => name === 'Postgres')
if (server) {
  describe('steps at once', () => {
    let database: TestDatabase
    const opened: Driver[] = []
    const open = async (name = 'seshat step'): Promise<Driver> => {
      const driver = await connectPostgres(connectionOf(database), name)
      opened.push(driver)
      return driver
    }
    before(async () => {
      database = await server.open()
      for (const sql of [meet, 'create sequence troubles', trouble]) await database.query(sql)
    })
    after(async () => {
      await Promise.all(opened.map(driver => driver.close()))
      await database.close()
    })

    /** Runs a project's models with so many threads; gives its results by step, and the steps as they began and ended. */
    async function run(models: Readonly<Record<string, string>>, threads: number) {
      const project = temporaryProject({
        'seshat.yml': `name: t\nprofile: test\n${sessionsAndUsers}`,
        ...Object.fromEntries(Object.entries(models).map(([name, sql]) => [`models/${name}.sql`, sql])),
      })
      const main = await open('seshat main')
      const lock = await main.lock([{ schema: 'derived', name: 'output' }], 'run')
      const { plan } = new ModuleRuns(project, main).compile(Object.keys(models), {})
      const story: string[] = []
      const connections = connectionsOf(main, threads, open)
      const results = await executePlan(plan, {
        connections,
        lock,
        retries: quickRetries,
        events: {
          started: step => story.push(`began ${step.id}`),
          finished: ({ step, status }) => story.push(`${status} ${step.id}`),
          goesOn: () => undefined,
        },
        untilCaughtUp: false,
        compiledFolder: 'target/compiled/dev',
        clock: () => 0,
        signal: new AbortController().signal,
      })
      await connections.close()
      await main.close()
      return { byId: new Map(results.map(result => [result.step.id, result])), story }
    }
    const codesOf = (result: StepResult | undefined): readonly (string | undefined)[] | undefined =>
      result?.diagnostics.map(({ code }) => code)

    for (const [threads, wanted, seconds, met] of [
      [3, 3, 20, 3],
      [2, 3, 1, 2],
      [1, 2, 1, 1],
    ] as const) {
      test(`threads: with ${threads}, of three independent models ${met} run at once`, async () => {
        const sql = asTable(`select meet(${threads}, ${wanted}, ${seconds}) as met`)
        await run({ one: sql, two: sql, three: sql }, threads)
        const found = await database.query(
          'select greatest((select met from derived.one), (select met from derived.two), (select met from derived.three))',
        )
        assert.deepEqual(found, [[met]])
      })
    }

    test('order: a model begins when all that it reads has ended, and a failure skips its descendants alone', async () => {
      const { byId, story } = await run(
        {
          broken: asTable('select 1 / (select 0) as a'),
          behind: asTable("select a from {{ ref('broken') }}"),
          further: asTable("select a from {{ ref('behind') }}"),
          sound: asTable('select 2 as a from pg_sleep(0.2)'),
          reader: asTable("select a from {{ ref('sound') }}"),
          both: asTable("select r.a from {{ ref('reader') }} as r cross join {{ ref('sound') }} as s"),
        },
        4,
      )
      const statuses = Object.fromEntries([...byId].map(([id, { status }]) => [id, status]))
      assert.deepEqual(statuses, {
        behind: 'skipped',
        both: 'success',
        broken: 'error',
        further: 'skipped',
        reader: 'success',
        sound: 'success',
      })
      const isBefore = (first: string, second: string): boolean =>
        story.indexOf(first) < story.indexOf(second)
      assert.ok(isBefore('success sound', 'began reader'), story.join())
      assert.ok(isBefore('success reader', 'began both'), story.join())
      assert.ok(isBefore('error broken', 'success sound'), 'the failure came while the other one ran')
      assert.equal(story.includes('began behind'), false)
    })

    test('connection: a step that loses its own fails, the next one gets a new one', async () => {
      const { byId } = await run(
        {
          dies: asTable('select pg_terminate_backend(pg_backend_pid()) as a'),
          lives: asTable('select 1 as a from pg_sleep(0.3)'),
          reads: asTable("select a from {{ ref('lives') }}"),
        },
        2,
      )
      assert.deepEqual(codesOf(byId.get('dies')), ['connection-lost'])
      assert.equal(byId.get('lives')?.status, 'success')
      assert.equal(byId.get('reads')?.status, 'success')
    })

    test('lock: when its session has ended, nothing is committed any more', async () => {
      const ends =
        "select pg_terminate_backend(pid) as a from pg_stat_activity where application_name = 'seshat main'"
      const { byId } = await run(
        { unlocked: asTable(ends), next: asTable("select a from {{ ref('unlocked') }}") },
        2,
      )
      assert.deepEqual(codesOf(byId.get('unlocked')), ['lock-lost'])
      assert.equal(byId.get('next')?.status, 'skipped')
      assert.deepEqual(await database.query('select a from derived.unlocked'), [])
    })

    test('lock: that its session has ended is known before the next statement, without asking', async () => {
      const [main, other] = [await open('seshat main'), await open()]
      const lock = await main.lock([{ schema: 'derived', name: 'output' }], 'run')
      assert.equal(lock.mayHaveLapsed(), false)
      await other.execute(
        "select pg_terminate_backend(pid) from pg_stat_activity where application_name = 'seshat main'",
      )
      for (let waited = 0; !lock.mayHaveLapsed(); waited += 20) {
        assert.ok(waited < 20_000)
        await sleep(20)
      }
      assert.equal((await faultsOf(lock.check())).diagnostics[0]?.code, 'lock-lost')
      await lock.release()
    })

    test('lock: a statement of a run that died keeps the next run out until it ends', async () => {
      const keys = [{ schema: 'derived', name: 'output' }]
      const [main, worker, next] = [await open('seshat main'), await open('seshat worker'), await open()]
      await main.lock(keys, 'run')
      await worker.share(keys)
      const statement = worker.execute('select pg_sleep(1)')
      await main.close()
      const refused = await faultsOf(next.lock(keys, 'run'))
      assert.equal(refused.exitCode, 3)
      assert.match(refused.message, /seshat worker/)
      await statement
      await worker.close()
      // The server lets go when it has seen that the connection is closed.
      for (let tries = 0; tries < 20; tries += 1)
        if (
          await next.lock(keys, 'run').then(
            lock => lock.release().then(() => true),
            () => sleep(100),
          )
        )
          return
      assert.fail('still locked')
    })

    const conflicts = [
      ['40001', 'could not serialize access', ''],
      ['40P01', 'deadlock detected', ''],
      // As Redshift says it.
      [
        'XX000',
        '1023',
        'Serializable isolation violation on table - 108, transactions forming the cycle are: 1, 2',
      ],
    ] as const
    for (const [state, message, detail] of conflicts) {
      test(`conflict: ${message}: the transaction is done again, and its rows count once`, async () => {
        const failing = `create trigger failing before insert on derived.contested for each statement execute function troubled()`
        await database.query(`create or replace function troubled() returns trigger language plpgsql as $$
          begin perform trouble('${state}', '${message}', '${detail}'); return null; end $$`)
        await database.query('drop table if exists derived.contested')
        await database.query('create table derived.contested (a integer)')
        await database.query(failing)
        const contested = { contested: asTable('select * from generate_series(1, 3) as a') }
        await database.query(`select setval('troubles', 997)`)
        const { byId } = await run(contested, 2)
        assert.deepEqual([byId.get('contested')?.status, byId.get('contested')?.rows], ['success', 3])
        assert.deepEqual(await database.query('select a from derived.contested order by a'), [[1], [2], [3]])
        await database.query(`select setval('troubles', 1)`)
        const { byId: later } = await run(contested, 2)
        assert.deepEqual(codesOf(later.get('contested')), ['write-conflict'])
        assert.deepEqual(await database.query('select count(*) from derived.contested'), [[3]])
      })
    }

    test('the web model: with four threads the rows are those of the events', async () => {
      const project = temporaryProject({
        'seshat.yml': 'name: t\nprofile: test\n',
        'models/session_views.sql': `{{ config(materialized='incremental', unique_key='domain_sessionid', time_key='start_tstamp', replaces='sessions_batch') }}
select s.domain_sessionid, s.start_tstamp, s.page_views as views from {{ ref('sessions_this_run') }} as s`,
        'models/event_names.sql': asTable(
          "select e.event_name, count(*) as events from {{ ref('events_this_run') }} as e group by e.event_name",
        ),
      })
      for (const seed of [1, 2, 3]) {
        const variables = randomVariables(random(seed))
        const data = webEvents({ seed, variables, rates: EVENT_RATES })
        await createAtomic(database)
        await dropSchemas(database)
        await loadAtomic(database, data)
        const main = await open()
        const connections = connectionsOf(main, 4, open)
        const runs = new ModuleRuns(project, main, undefined, connections)
        const { code, diagnostics } = await runs.run('', { ...variables }, undefined, { untilCaughtUp: true })
        assert.equal(code, 0, JSON.stringify(diagnostics))
        await connections.close()
        await main.close()
        const expected = webModel(data, variables)
        await assertWebTables(database, expected, `seed ${seed}`)
      }
    })
  })
}
