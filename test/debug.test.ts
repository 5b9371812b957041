// seshat debug: on an embedded database, on Postgres, and with the real snowflake-sdk on the emulation of Snowflake.

import assert from 'node:assert/strict'
import { after, before, beforeEach, describe, test } from 'node:test'
import type { Driver } from '../adapters/driver.js'
import { postgresDialect } from '../adapters/postgres/dialect.js'
import { snowflakeDialect } from '../adapters/snowflake/dialect.js'
import { compileGraph } from '../compiler/compile.js'
import { loadProject } from '../compiler/project.js'
import { sqlName } from '../compiler/relation.js'
import { sourcesRead } from '../compiler/sources_read.js'
import { addContextColumns, createAtomic } from './atomic_events.js'
import {
  allWell,
  type DebugReport,
  debugReport,
  embeddedSteps,
  failsAt,
  serverSteps,
  snowflakeSteps,
} from './debug_checks.js'
import { snowflakeEmulation } from './emulation/snowflake.js'
import { type SnowflakeServer, startSnowflakeServer } from './emulation/snowflake_server.js'
import { connectTo } from './module_runs.js'
import { databases, modulesOff, openTestDatabase, type TestDatabase, temporaryProject } from './support.js'

const settings = 'name: t\nprofile: test\nvars: {start_date: 2024-01-01}\n'
const webPage = 'com_snowplowanalytics_snowplow_web_page_1'

/** SEMANTICS' rules and tables name these columns of an event. */
const eventColumns = `app_id br_colordepth br_lang br_renderengine br_viewheight br_viewwidth collector_tstamp
derived_tstamp doc_height doc_width domain_sessionid domain_sessionidx domain_userid dvce_created_tstamp
dvce_sent_tstamp etl_tstamp event_id event_name geo_city geo_country geo_latitude geo_longitude geo_region
geo_region_name geo_timezone geo_zipcode mkt_campaign mkt_clickid mkt_content mkt_medium mkt_network mkt_source
mkt_term network_userid os_timezone page_referrer page_title page_url page_urlfragment page_urlhost page_urlpath
page_urlquery page_urlscheme pp_xoffset_max pp_yoffset_max refr_medium refr_source refr_term refr_urlfragment
refr_urlhost refr_urlpath refr_urlquery refr_urlscheme user_id user_ipaddress useragent`.split(/\s+/)

describe('columns read', () => {
  const project = temporaryProject({ 'seshat.yml': 'name: t\n' })
  const columnsOf = (dialect: typeof postgresDialect, variables: Readonly<Record<string, unknown>>) => {
    const loaded = loadProject(project.directory, JSON.stringify({ start_date: '2024-01-01', ...variables }))
    const options = { dialect, target: 'dev', select: [], exclude: [], fullRefresh: false }
    return Object.fromEntries(
      sourcesRead(compileGraph(loaded, options)).map(({ relation, columns }) => [
        sqlName(relation),
        columns.map(({ name }) => name),
      ]),
    )
  }

  test('of the events and of each context, those that the standard model names', () => {
    assert.deepEqual(columnsOf(postgresDialect, {}), {
      [`atomic.${webPage}`]: ['id', 'root_id', 'root_tstamp'],
      'atomic.events': eventColumns,
    })
    const more = columnsOf(postgresDialect, { extra_event_columns: ['se_category'], iab: true })
    assert.deepEqual(more['atomic.events'], [...eventColumns, 'se_category'].sort())
    assert.deepEqual(more['atomic.com_iab_snowplow_spiders_and_robots_1'], [
      'category',
      'primary_impact',
      'reason',
      'root_id',
      'root_tstamp',
      'spider_or_robot',
    ])
  })

  test('on Snowflake the contexts are columns of the events', () => {
    const contexts = [
      `contexts_${webPage}`,
      'contexts_com_iab_snowplow_spiders_and_robots_1',
      'contexts_com_snowplowanalytics_snowplow_ua_parser_context_1',
      'contexts_nl_basjes_yauaa_context_1',
    ]
    const columns = (variables: Readonly<Record<string, unknown>>) =>
      columnsOf(snowflakeDialect, variables)['atomic.events']
    assert.deepEqual(columns({}), [...eventColumns, `contexts_${webPage}`].sort())
    assert.deepEqual(
      columns({ iab: true, ua_parser: true, yauaa: true }),
      [...eventColumns, ...contexts].sort(),
    )
  })
})

describe('debug on an embedded database', () => {
  test('steps of a server are left out; what is missing is named with what to do', {
    timeout: 60_000,
  }, async () => {
    const project = temporaryProject({ 'seshat.yml': settings.replace('profile: test\n', '') })
    const report = debugReport(await project.seshat('debug', '--log-format', 'json'))
    assert.equal(report.code, 2)
    assert.deepEqual(report.steps, { ...failsAt(embeddedSteps, 'inputs') })
    assert.match(report.details['schemas'] ?? '', /^derived and scratch not there yet: a run creates them$/)
    assert.deepEqual(
      report.diagnostics.map(({ said }) => said),
      [
        `missing-input-table: base_events_read reads atomic.${webPage}, which is not there`,
        'missing-input-table: base_window_sessions reads atomic.events, which is not there',
      ],
    )
  })
})

describe('debug of a port that nothing listens on', () => {
  for (const host of ['127.0.0.1', 'localhost'])
    test(`${host}: the network fails, not the name`, async () => {
      const output = {
        type: 'postgres',
        host,
        port: 1,
        user: 'u',
        password: 'secret-of-debug',
        database: 'd',
      }
      const project = temporaryProject({
        'seshat.yml': settings,
        'profiles.yml': JSON.stringify({ test: { target: 'dev', outputs: { dev: output } } }),
      })
      const report = debugReport(await project.seshat('debug', '--log-format', 'json'))
      assert.equal(report.code, 2)
      assert.deepEqual(report.steps, failsAt(serverSteps, 'network'))
      assert.match(report.diagnostics[0]?.said ?? '', /^connection-failed: Nothing listens on /)
    })
})

for (const { name, open } of databases)
  describe(`debug on ${name}`, () => {
    let database: TestDatabase
    const project = temporaryProject({ 'seshat.yml': settings })
    const debug = async (...words: readonly string[]): Promise<DebugReport> => {
      await database.release()
      return debugReport(await project.seshat('debug', '--log-format', 'json', ...words))
    }
    before(async () => {
      database = await open()
      project.write({ 'profiles.yml': database.profiles })
    })
    after(() => database.close())
    beforeEach(() => createAtomic(database))

    test('everything a run needs is there: 0, and each step says what it has seen', async () => {
      const { code, steps, details, diagnostics } = await debug()
      assert.deepEqual(diagnostics, [])
      assert.equal(code, 0)
      assert.deepEqual(steps, allWell(serverSteps))
      assert.match(details['server'] ?? '', /^PostgreSQL \d+/)
      assert.match(details['privileges'] ?? '', /may read atomic\.com_\w+ and atomic\.events$/)
      assert.equal(
        details['columns'],
        `all 3 that are read of atomic.${webPage}; all 56 that are read of atomic.events`,
      )
    })

    test('as Redshift: its own questions are answered too', async () => {
      project.write({ 'profiles.yml': database.profiles.replace('"type":"postgres"', '"type":"redshift"') })
      const { code, steps, diagnostics } = await debug()
      await database.query('alter table atomic.events drop column doc_width')
      const missing = await debug()
      project.write({ 'profiles.yml': database.profiles })
      assert.deepEqual(diagnostics, [])
      assert.equal(code, 0)
      assert.deepEqual(steps, allWell(serverSteps))
      assert.deepEqual(missing.steps, failsAt(serverSteps, 'columns'))
    })

    test('columns that are missing: each is named, with its type', async () => {
      await database.query('alter table atomic.events drop column geo_timezone')
      await database.query('alter table atomic.events drop column doc_width')
      // A column that nobody reads may be missing.
      await database.query('alter table atomic.events drop column tr_total')
      await database.query(`alter table atomic.${webPage} drop column id`)
      const { code, steps, details, diagnostics } = await debug()
      assert.equal(code, 2)
      assert.deepEqual(steps, failsAt(serverSteps, 'columns'))
      assert.deepEqual(
        diagnostics.map(({ said }) => said),
        [
          `missing-column: atomic.${webPage} does not have id (varchar), which models read.`,
          'missing-column: atomic.events does not have doc_width (integer) and geo_timezone (varchar(64)), which models read.',
        ],
      )
      assert.equal(
        details['columns'],
        `atomic.${webPage} lacks 1 of the 3 that are read; atomic.events lacks 2 of the 56 that are read`,
      )
      assert.match(diagnostics[1]?.hint ?? '', /^Let whoever loads atomic\.events add them/)
    })

    test('a table that is missing: the columns of the other are looked at all the same', async () => {
      await database.query(`drop table atomic.${webPage}`)
      await database.query('alter table atomic.events drop column doc_width')
      const { code, steps, diagnostics } = await debug()
      assert.equal(code, 2)
      assert.deepEqual(steps, { ...allWell(serverSteps), inputs: 'failed', columns: 'failed' })
      assert.deepEqual(
        diagnostics.map(({ said }) => said),
        [
          `missing-input-table: base_events_read reads atomic.${webPage}, which is not there`,
          'missing-column: atomic.events does not have doc_width (integer), which models read.',
        ],
      )
    })

    test('with base off no events are needed', async () => {
      const alone = temporaryProject({
        'seshat.yml': settings + modulesOff('base', 'page_views', 'sessions'),
        'profiles.yml': database.profiles,
      })
      await database.query('drop schema atomic cascade')
      await database.query('create schema scratch')
      await database.query('create schema derived')
      await database.query('create table scratch.sessions_userid_manifest_staged (a integer)')
      await database.query('create table derived.sessions (a integer)')
      await database.release()
      const { code, diagnostics } = debugReport(await alone.seshat('debug', '--log-format', 'json'))
      assert.deepEqual(diagnostics, [])
      assert.equal(code, 0)
      for (const schema of ['scratch', 'derived']) await database.query(`drop schema ${schema} cascade`)
    })

    test('a project that does not compile: the connection is looked at all the same', async () => {
      project.write({ 'models/broken.sql': "select * from {{ ref('nowhere') }}" })
      const { code, steps } = await debug()
      project.write({ 'models/broken.sql': 'select 1 as n' })
      assert.equal(code, 2)
      assert.deepEqual(steps, {
        ...failsAt(serverSteps, 'schemas'),
        models: 'failed',
        schemas: 'not reached',
      })
    })
  })

describe('debug on emulated Snowflake', () => {
  let database: TestDatabase
  let server: SnowflakeServer
  let session: Driver
  const project = temporaryProject({ 'seshat.yml': settings })
  const debug = async (output: Readonly<Record<string, unknown>> = {}): Promise<DebugReport> => {
    const here = { host: '127.0.0.1', port: server.port, protocol: 'http', connect_timeout: 10 }
    const given = {
      type: 'snowflake',
      account: 'test',
      user: 'ada',
      password: 'planted-s3cret',
      database: 'web',
    }
    const dev = { ...given, ...here, ...output }
    project.write({ 'profiles.yml': JSON.stringify({ test: { target: 'dev', outputs: { dev } } }) })
    return debugReport(await project.seshat('debug', '--log-format', 'json'))
  }
  before(async () => {
    database = await openTestDatabase()
    await addContextColumns(database)
    await database.release()
    session = await connectTo(database)
    for (const sql of snowflakeEmulation.setUp) await session.execute(sql)
    const open = { execute: session.execute.bind(session), cancel: async () => {}, close: async () => {} }
    server = await startSnowflakeServer({
      openSession: async () => open,
      user: 'ada',
      password: 'planted-s3cret',
    })
    await session.execute('create schema scratch')
  })
  after(async () => {
    await server.stop()
    await session.close()
    await database.close()
  })

  test('everything is there: what was tried out is gone again', { timeout: 60_000 }, async () => {
    const { code, steps, details, diagnostics } = await debug()
    assert.deepEqual(diagnostics, [])
    assert.equal(code, 0)
    assert.deepEqual(steps, allWell(snowflakeSteps))
    assert.equal(details['login'], 'user postgres, role postgres, warehouse LOADING')
    assert.equal(details['server'], 'Snowflake 9.1.0, database postgres')
    assert.equal(details['TLS'], 'off (protocol: http)')
    assert.equal(details['columns'], 'all 57 that are read of atomic.events')
    const sent = server.requests.map(({ body }) => body.sqlText ?? '').filter(sql => /seshat_debug/.test(sql))
    const plain = sent.map(sql => sql.replaceAll(/seshat_debug_\d+/g, 'trial'))
    assert.deepEqual(plain, [
      'create schema trial',
      'drop schema if exists trial',
      'create transient table scratch.trial (n integer)',
      'create view scratch.trial_view as select t.n from scratch.trial as t',
      'drop view if exists scratch.trial_view',
      'drop table if exists scratch.trial',
    ])
  })

  test('a context column that is missing is named', { timeout: 60_000 }, async () => {
    await session.execute(`alter table atomic.events rename column contexts_${webPage} to elsewhere`)
    const { steps, diagnostics } = await debug()
    await session.execute(`alter table atomic.events rename column elsewhere to contexts_${webPage}`)
    assert.deepEqual(steps, failsAt(snowflakeSteps, 'columns'))
    assert.deepEqual(
      diagnostics.map(({ said }) => said),
      [`missing-column: atomic.events does not have contexts_${webPage}, which models read.`],
    )
  })

  test('each step of connecting that fails is the one that is named', { timeout: 60_000 }, async () => {
    const wrong = await debug({ password: 'not-it' })
    assert.equal(wrong.code, 2)
    assert.deepEqual(wrong.steps, failsAt(snowflakeSteps, 'login'))
    const nobody = await debug({ port: 1 })
    assert.deepEqual(nobody.steps, failsAt(snowflakeSteps, 'network'))
    const nowhere = await debug({ host: 'no-such-host.invalid' })
    assert.deepEqual(nowhere.steps, failsAt(snowflakeSteps, 'DNS'))
    assert.match(nowhere.diagnostics[0]?.said ?? '', /no-such-host\.invalid cannot be resolved/)
    const incomplete = await debug({ user: undefined })
    assert.deepEqual(
      incomplete.diagnostics.map(({ said }) => said),
      ['login-failed: With what the profile says nobody can log in to 127.0.0.1.'],
    )
  })
})
