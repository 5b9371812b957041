// seshat debug against a Postgres server with TLS, passwords and roles: every way to connect that fails is told by its
// step, and every privilege that is missing by the grant that gives it.

import assert from 'node:assert/strict'
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { after, before, describe, test } from 'node:test'
import { createAtomic } from './atomic_events.js'
import { otherAuthority } from './certificates.js'
import { allWell, type DebugReport, debugReport, failsAt, serverSteps } from './debug_checks.js'
import { type PostgresCluster, startCluster } from './postgres_cluster.js'
import { type TestDatabase, temporaryProject, testDatabase } from './support.js'

const password = 'planted-s3cret'

if (process.env['SESHAT_TEST_POSTGRES'])
  describe('debug on a Postgres server with TLS and passwords', () => {
    let cluster: PostgresCluster
    let database: TestDatabase
    const project = temporaryProject({
      'seshat.yml': 'name: t\nprofile: test\nvars: {start_date: 2024-01-01}\n',
    })
    const debug = async (output: Readonly<Record<string, unknown>> = {}): Promise<DebugReport> => {
      const { host, port } = cluster.connection('web')
      const verified = { sslmode: 'verify-full', sslrootcert: cluster.rootCertificate }
      const dev = {
        type: 'postgres',
        host,
        port,
        user: 'ada',
        password,
        database: 'web',
        ...verified,
        ...output,
      }
      project.write({ 'profiles.yml': JSON.stringify({ test: { target: 'dev', outputs: { dev } } }) })
      const result = await project.seshat('debug', '--log-format', 'json')
      assert.doesNotMatch(result.stdout + result.stderr, new RegExp(password))
      return debugReport(result)
    }
    const hints = ({ diagnostics }: DebugReport): readonly string[] => diagnostics.map(({ hint }) => hint)

    before(async () => {
      cluster = await startCluster()
      const server = testDatabase('cluster', cluster.connection('postgres'), async () => {})
      await server.query(`create role ada login password '${password}'`)
      await server.query('create role analyst')
      await server.query('create database web')
      await server.close()
      database = testDatabase('cluster', cluster.connection('web'), async () => {})
      await createAtomic(database)
      await database.query('create schema scratch')
    })
    after(async () => {
      await database.close()
      cluster.remove()
    })

    test('what fails while connecting is told by its step', { timeout: 60_000 }, async () => {
      const other = join(project.directory, 'other.pem')
      writeFileSync(other, otherAuthority)
      for (const [step, output] of [
        ['DNS', { host: 'no-such-host.invalid' }],
        ['network', { port: 1 }],
        ['network', { host: '127.0.0.1', port: 1 }],
        ['TLS', { sslrootcert: other }],
        ['TLS', { host: '127.0.0.1' }],
        ['TLS', { sslrootcert: '/no/such/file.pem' }],
        ['login', { password: 'not-it' }],
        ['login', { password: undefined }],
        ['login', { database: 'nowhere' }],
        ['login', { role: 'nobody' }],
      ] as const) {
        const report = await debug(output)
        assert.equal(report.code, 2)
        // A file is read before anything is connected.
        const early = JSON.stringify(output).includes('/no/such')
        const before = early ? { DNS: 'not reached', network: 'not reached' } : {}
        assert.deepEqual(report.steps, { ...failsAt(serverSteps, step), ...before }, JSON.stringify(output))
        assert.equal(report.diagnostics.length, 1)
        assert.ok(hints(report)[0], JSON.stringify(output))
      }
    })

    test('TLS: says what was agreed on and what of the certificate was checked', async () => {
      for (const [detail, output] of [
        [/^TLSv1\.[23], certificate verified for localhost$/, {}],
        [
          /^TLSv1\.[23], certificate verified, but not the name in it \(sslmode: verify-ca\)$/,
          { sslmode: 'verify-ca' },
        ],
        [
          /^TLSv1\.[23], certificate not verified \(sslmode: require\)$/,
          { sslmode: 'require', sslrootcert: undefined },
        ],
        [/^off \(sslmode: disable\)$/, { sslmode: 'disable', user: 'postgres' }],
        [/^off: the server is on this machine$/, { sslmode: undefined, user: 'postgres' }],
      ] as const)
        assert.match((await debug(output)).details['TLS'] ?? '', detail)
    })

    test('privileges: each that is missing is told by its grant, and with all of them everything is well', {
      timeout: 60_000,
    }, async () => {
      const first = await debug()
      assert.equal(first.code, 2)
      assert.deepEqual(first.steps, {
        ...allWell(serverSteps),
        schemas: 'failed',
        privileges: 'failed',
        inputs: 'not reached',
        columns: 'not reached',
      })
      assert.deepEqual(hints(first), [
        'Let an administrator create it and run: grant usage, create on schema derived to ada. Or: grant create on database web to ada.',
        'Let an administrator run: grant usage, create on schema scratch to ada.',
        'Let an administrator run: grant usage on schema atomic to ada.',
      ])
      for (const grant of [
        'create on database web',
        'usage, create on schema scratch',
        'usage on schema atomic',
      ])
        await database.query(`grant ${grant} to ada`)
      const second = await debug()
      assert.deepEqual(second.steps, { ...allWell(serverSteps), privileges: 'failed' })
      assert.deepEqual(hints(second), [
        'Let an administrator run: grant select on atomic.com_snowplowanalytics_snowplow_web_page_1 to ada.',
        'Let an administrator run: grant select on atomic.events to ada.',
      ])
      await database.query('grant select on all tables in schema atomic to ada')
      const last = await debug()
      assert.deepEqual(last.diagnostics, [])
      assert.equal(last.code, 0)
      assert.equal(last.details['schemas'], 'scratch there; derived not there yet: a run creates it')
    })

    test('role: privileges are those of the role that the profile takes on', async () => {
      await database.query('grant analyst to ada')
      const report = await debug({ role: 'analyst' })
      assert.equal(report.details['login'], 'user ada, role analyst')
      assert.ok(hints(report).includes('Let an administrator run: grant usage on schema atomic to analyst.'))
    })

    test('privileges on some columns: those that cannot be read are not passed over', async () => {
      await database.query('revoke select on atomic.events from ada')
      await database.query('grant select (event_id) on atomic.events to ada')
      const report = await debug()
      assert.deepEqual(report.steps, failsAt(serverSteps, 'columns'))
      assert.deepEqual(hints(report), ['Let an administrator run: grant select on atomic.events to ada.'])
    })
  })
