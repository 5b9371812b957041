// What a run meets on a real Postgres server that a person has to act on: certificates, passwords, privileges, a server
// that dies, a timeout. Each is said in words with what to do, and leaves whole transactions: the tables of before up to
// the one that failed, and the right rows after the next run.

import assert from 'node:assert/strict'
import { after, before, describe, test } from 'node:test'
import { setTimeout as sleep } from 'node:timers/promises'
import { connectPostgres } from '../adapters/postgres/driver.js'
import { createAtomic, loadAtomic } from './atomic_events.js'
import { type CommandResult, runCli } from './command_line.js'
import { PAGE_VIEWS, SESSIONS, USERS } from './oracle/columns.js'
import { differences } from './oracle/compare.js'
import { webEvents } from './oracle/event_rows.js'
import { loadBatches } from './oracle/load_batches.js'
import { joined, WEB_DEFAULTS, type WebVariables } from './oracle/web_data.js'
import { type WebTables, webModel } from './oracle/web_model.js'
import { type PostgresCluster, startCluster } from './postgres_cluster.js'
import { deaths, refusals, type TableName } from './postgres_troubles.js'
import { type TestDatabase, temporaryProject, testDatabase } from './support.js'

const password = 'planted-s3cret'
/** One run reads everything that was loaded. */
const variables: WebVariables = { ...WEB_DEFAULTS, start_date: '2024-01-01', update_cadence_days: 365 }
const tables = [
  [PAGE_VIEWS, 'pageViews'],
  [SESSIONS, 'sessions'],
  [USERS, 'users'],
] as const

const loads = loadBatches(webEvents({ seed: 7, variables, sessions: 12, rates: { quiet: 0 } }), variables, {
  seed: 7,
  loads: 2,
})
const stateBefore = webModel(joined(loads.slice(0, 1)), variables)
const stateAfter = webModel(joined(loads), variables)

if (process.env['SESHAT_TEST_POSTGRES'])
  describe('a run on a Postgres server that fails', () => {
    let cluster: PostgresCluster
    let databases = 0
    const project = temporaryProject({
      'seshat.yml': `name: t\nprofile: test\nvars: ${JSON.stringify(variables)}\n`,
    })
    const asAdmin = async (sql: string, database = 'postgres'): Promise<void> => {
      const driver = await connectPostgres(cluster.connection(database), 'seshat tests')
      await driver.execute(sql).finally(() => driver.close())
    }
    /** The command line as this user, with a certificate that is verified unless the output says otherwise. */
    const seshat = (
      command: readonly string[],
      database: string,
      output: Readonly<Record<string, unknown>> = {},
    ): Promise<CommandResult> => {
      const { host, port } = cluster.connection(database)
      const verified = { sslmode: 'verify-full', sslrootcert: cluster.rootCertificate }
      const dev = { type: 'postgres', host, port, user: 'ada', password, database, ...verified, ...output }
      project.write({ 'profiles.yml': JSON.stringify({ test: { target: 'dev', outputs: { dev } } }) })
      return runCli(command, project.directory)
    }
    /** A copy of a database, for one test. */
    const copyOf = async (template: string): Promise<TestDatabase & { readonly database: string }> => {
      databases += 1
      const database = `web_${databases}`
      await asAdmin(`create database ${database} template ${template} owner ada`)
      return { ...testDatabase('cluster', cluster.connection(database), async () => {}), database }
    }
    const succeed = async (...run: Parameters<typeof seshat>): Promise<void> => {
      const { code, stdout, stderr } = await seshat(...run)
      assert.equal(code, 0, stdout + stderr)
    }

    before(async () => {
      cluster = await startCluster()
      for (const user of ['ada', 'newcomer'])
        await asAdmin(`create role ${user} login password '${password}'`)
      for (const name of ['events', 'prepared']) await asAdmin(`create database ${name} owner ada`)
      for (const [name, given] of [
        ['events', loads],
        ['prepared', loads.slice(0, 1)],
      ] as const) {
        const database = testDatabase('cluster', cluster.connection(name), async () => {})
        await createAtomic(database)
        for (const load of given) await loadAtomic(database, load)
        await database.query('grant usage on schema atomic to ada')
        await database.query('grant select on all tables in schema atomic to ada')
        await database.close()
      }
      await succeed(['run'], 'prepared')
      const prepared = testDatabase('cluster', cluster.connection('prepared'), async () => {})
      await holds(prepared, stateBefore, ['page_views', 'sessions', 'users'])
      for (const load of loads.slice(1)) await loadAtomic(prepared, load)
      await prepared.close()
    })
    after(() => cluster.remove())

    /** Every row of every table that is there. */
    const contents = async (database: TestDatabase): Promise<Readonly<Record<string, unknown>>> => {
      const found: Record<string, unknown> = {}
      for (const [name] of await database.query(
        `select schemaname || '.' || tablename from pg_tables where schemaname in ('scratch', 'derived') order by 1`,
      ))
        found[String(name)] = await database.query(`select * from ${name} as t order by t::text`)
      return found
    }
    const holds = async (
      database: TestDatabase,
      state: WebTables,
      names: readonly TableName[],
    ): Promise<void> => {
      for (const [table, key] of tables) {
        if (!names.includes(table.name as TableName)) continue
        const found = differences(
          state[key],
          await database.rows(`select * from derived.${table.name}`),
          table,
        )
        assert.deepEqual(found, [], table.name)
      }
    }
    /** The next run, with nothing in its way, ends in the rows of all events. */
    const recovers = async (database: TestDatabase & { readonly database: string }): Promise<void> => {
      await succeed(['run'], database.database)
      await holds(database, stateAfter, ['page_views', 'sessions', 'users'])
    }

    for (const { what, output, message, hint } of refusals()) {
      test(`${what}: exits with 2, says what to do, and no table is touched`, async () => {
        const database = await copyOf('prepared')
        const untouched = await contents(database)
        const { code, stdout, stderr } = await seshat(
          ['run'],
          database.database,
          output(cluster, project.directory),
        )
        assert.equal(code, 2, stdout + stderr)
        assert.match(stderr, message)
        assert.match(stderr, hint)
        assert.doesNotMatch(stdout + stderr, new RegExp(password))
        assert.deepEqual(await contents(database), untouched)
        await recovers(database)
        await database.close()
      })
    }

    test('missing privileges: every refusal names the grant that takes the run further, to the right rows', async () => {
      const database = await copyOf('events')
      await database.query('create schema scratch')
      await database.query('create schema derived')
      const grants: string[] = []
      for (;;) {
        const { code, stdout, stderr } = await seshat(['run'], database.database, { user: 'newcomer' })
        if (code === 0) break
        assert.equal(code, 1, stdout + stderr)
        assert.match(stderr, /error\[missing-privilege\]: permission denied for/)
        const [, grant = ''] = /Let an administrator run: (grant [^\n]*)\./.exec(stderr) ?? []
        assert.ok(grant !== '' && !grants.includes(grant), `${grant} after ${grants.join('; ')}: ${stderr}`)
        grants.push(grant)
        for (const [table] of tables) assert.equal(await rowsOf(database, `derived.${table.name}`), 0)
        await database.query(grant)
      }
      await holds(database, stateAfter, ['page_views', 'sessions', 'users'])
      assert.deepEqual(
        grants.filter(grant => / on schema /.test(grant)).sort(),
        [
          'grant usage on schema atomic to newcomer',
          'grant usage, create on schema derived to newcomer',
          'grant usage, create on schema scratch to newcomer',
        ],
        grants.join('; '),
      )
      await database.close()
    })

    const rowsOf = async (database: TestDatabase, table: string): Promise<unknown> => {
      const [[exists] = []] = await database.query(`select to_regclass('${table}') is not null`)
      return exists === true ? (await database.query(`select count(*) from ${table}`))[0]?.[0] : 0
    }

    /** Lets a run come as far as its first write to a table, and then does something to it. */
    const stoppedAt = async (
      database: TestDatabase & { readonly database: string },
      table: string,
      what: (database: TestDatabase) => Promise<void> | void,
      output: Readonly<Record<string, unknown>> = {},
    ): Promise<CommandResult> => {
      const blocker = await connectPostgres(cluster.connection(database.database), 'seshat tests')
      await blocker.execute('begin')
      // Reading goes on, and looking whether there is an index.
      await blocker.execute(`lock table ${table} in share mode`)
      const run = seshat(['run'], database.database, output)
      const writing = `select 1 from pg_stat_activity where datname = current_database() and wait_event_type = 'Lock'
and query ~ '^(insert into|delete from|update) ${table}\\M'`
      for (let waited = 0; (await database.query(writing)).length === 0; waited += 50) {
        assert.ok(waited < 60_000, `the run does not come to ${table}`)
        await sleep(50)
      }
      await what(database)
      const result = await run
      await blocker.close()
      return result
    }

    for (const { how, stop, restarts, table, written } of deaths(() => cluster)) {
      test(`${how} before the first row of ${table}: exits with 1, ${written.length} tables written, the next run ends right`, {
        timeout: 120_000,
      }, async () => {
        const database = await copyOf('prepared')
        const { code, stdout, stderr } = await stoppedAt(database, table, async given => {
          await stop(given)
          await database.release()
        })
        assert.equal(code, 1, stdout + stderr)
        assert.match(stderr, /error\[connection-lost\]: The connection to the database was lost\./)
        assert.match(stderr, /Start the command again; what had not been committed is rolled back\./)
        if (restarts) await cluster.start()
        await holds(database, stateAfter, written)
        await holds(
          database,
          stateBefore,
          (['page_views', 'sessions', 'users'] as const).filter(name => !written.includes(name)),
        )
        await recovers(database)
        await database.close()
      })
    }

    test('statement_timeout: exits with 1, names the setting, and the next run ends right', {
      timeout: 120_000,
    }, async () => {
      const database = await copyOf('prepared')
      const { code, stdout, stderr } = await stoppedAt(database, 'derived.sessions', () => undefined, {
        statement_timeout: 4000,
      })
      assert.equal(code, 1, stdout + stderr)
      assert.match(
        stderr,
        /error\[statement-cancelled\]: The statement took longer than statement_timeout allows\./,
      )
      assert.match(stderr, /Raise statement_timeout in the profile/)
      await holds(database, stateAfter, ['page_views'])
      await holds(database, stateBefore, ['sessions', 'users'])
      await recovers(database)
      await database.close()
    })
  })
