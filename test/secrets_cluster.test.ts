// Secrets in profile and environment, on a real Postgres server with TLS and passwords: no command writes one, whether the
// certificate is verified or refused, the server lets the user in or not, or dies; and the server is never sent the password.

import assert from 'node:assert/strict'
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { after, before, describe, test } from 'node:test'
import { connectPostgres } from '../adapters/postgres/driver.js'
import { otherAuthority } from './certificates.js'
import {
  environmentOf,
  fromEnvironment,
  plantedProject,
  profileOf,
  type Secrets,
  tellTales,
} from './planted_secrets.js'
import { type PostgresCluster, startCluster } from './postgres_cluster.js'

const secrets: Secrets = {
  user: 'Planted-User%2',
  password: `pl@nted:/tls%w'd"\\d $&.*`,
  database: 'planted tls database',
  searchPath: 'planted_tls_path',
  role: 'planted_tls_role',
}
const environment = environmentOf(secrets)
const quoted = (name: string): string => `"${secrets[name]?.replaceAll('"', '""')}"`

if (process.env['SESHAT_TEST_POSTGRES'])
  describe('secrets on a server with TLS', () => {
    let cluster: PostgresCluster
    const project = plantedProject(secrets, environment)
    /** Everything that the server is sent stands in its log. */
    const settings = { log_statement: 'all', log_connections: 'on', log_min_messages: 'debug1' }

    before(async () => {
      cluster = await startCluster(settings)
      const driver = await connectPostgres(cluster.connection('postgres'), 'seshat tests')
      const password = `'${secrets['password']?.replaceAll("'", "''")}'`
      // What the test itself tells the server is no finding.
      await driver.execute(`set log_statement = 'none'`)
      await driver.execute(`create role ${quoted('user')} login password ${password}`)
      await driver.execute(`create role ${quoted('role')}`)
      await driver.execute(`grant ${quoted('role')} to ${quoted('user')}`)
      await driver.execute(`create database ${quoted('database')} owner ${quoted('role')}`)
      await driver.close()
      writeFileSync(join(project.directory, 'other.pem'), otherAuthority)
    })
    after(() => cluster.remove())

    const run = async (words: readonly string[], output: Readonly<Record<string, unknown>> = {}) => {
      const { host, port } = cluster.connection('')
      project.write(
        profileOf({
          type: 'postgres',
          host,
          port,
          user: fromEnvironment('DB_USER'),
          password: fromEnvironment('DB_PASSWORD'),
          database: fromEnvironment('DB_NAME'),
          search_path: `${fromEnvironment('DB_PATH')}, public`,
          role: fromEnvironment('DB_ROLE'),
          sslmode: 'verify-full',
          sslrootcert: cluster.rootCertificate,
          ...output,
        }),
      )
      const result = await project.run(words)
      assert.deepEqual(result.told, [], words.join(' '))
      return result
    }

    for (const words of [
      ['debug'],
      ['debug', '--log-format', 'json'],
      ['build'],
      ['build', '--log-format', 'json'],
      ['run', '--timings'],
      ['run', '--full-refresh', '--quiet'],
      ['show', '--inline', `select current_user::text, current_setting('search_path')`, '--output', 'json'],
      ['docs', 'build'],
      ['unlock'],
    ])
      test(`secrets on a server with TLS: ${words.join(' ')} tells none`, async () => {
        const { code, stdout, stderr } = await run(words)
        assert.equal(code, 0, stdout + stderr)
      })

    const failures: readonly {
      readonly what: string
      readonly output: () => Readonly<Record<string, unknown>>
      readonly says: RegExp
    }[] = [
      {
        what: 'a certificate of another authority',
        output: () => ({ sslrootcert: join(project.directory, 'other.pem') }),
        says: /tls-failed/,
      },
      {
        what: 'authorities that do not know the server',
        output: () => ({ sslrootcert: 'system' }),
        says: /tls-failed/,
      },
      {
        what: 'a certificate for another name',
        output: () => ({ host: '127.0.0.1' }),
        says: /tls-failed.*sslmode: verify-ca/s,
      },
      {
        what: 'a file that is no certificate',
        output: () => ({ sslrootcert: join(project.directory, 'profiles.yml') }),
        says: /tls-failed/,
      },
      {
        what: 'a server that wants TLS',
        output: () => ({ sslmode: 'disable' }),
        says: /login-failed.*The server wants TLS/s,
      },
      {
        what: 'a password that is wrong',
        output: () => ({ password: `${secrets['password']}x` }),
        says: /login-failed/,
      },
      {
        what: 'a user that does not exist',
        output: () => ({ user: `${fromEnvironment('DB_USER')}x` }),
        says: /login-failed/,
      },
      {
        what: 'a database that does not exist',
        output: () => ({ database: `${fromEnvironment('DB_NAME')}x` }),
        says: /no-such-database/,
      },
      {
        what: 'a role that does not exist',
        output: () => ({ role: `${fromEnvironment('DB_ROLE')}x` }),
        says: /connection-failed/,
      },
    ]
    for (const { what, output, says } of failures)
      for (const words of [['run'], ['run', '--log-format', 'json'], ['run', '--quiet'], ['debug']])
        test(`secrets on a server with TLS: ${what}: ${words.join(' ')} tells none`, async () => {
          const { code, stdout, stderr } = await run(words, output())
          assert.notEqual(code, 0)
          assert.match(stdout + stderr, says)
        })

    test('secrets on a server with TLS: a statement that fails tells none', async () => {
      const failing = `select (current_user::text || current_setting('search_path'))::integer`
      const { code, stderr } = await run(['show', '--inline', failing])
      assert.equal(code, 2)
      assert.match(stderr, /\*\*\*/)
    })

    test('secrets on a server with TLS: a server that dies in a statement tells none', async () => {
      const watch = await connectPostgres(cluster.connection('postgres'), 'seshat tests')
      const sleeping = `select count(*) from pg_stat_activity where query like '%pg_sleep(60)%' and pid <> pg_backend_pid()`
      const running = run(['show', '--inline', 'select pg_sleep(60)'])
      while ((await watch.execute(sleeping)).rows[0]?.[0] !== 1) await watch.execute('select pg_sleep(0.02)')
      cluster.crash()
      const { code, stderr } = await running
      await watch.close()
      assert.equal(code, 1)
      assert.match(stderr, /connection-lost/)
    })

    test('secrets on a server with TLS: the server was sent statements, and never the password', () => {
      const log = cluster.log()
      assert.match(log, /statement: |execute .*: /)
      for (const text of tellTales(secrets['password'] ?? '')) assert.ok(!log.includes(text), text)
    })
  })
