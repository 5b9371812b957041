// Secrets in profile and environment, on servers that speak Postgres' protocol: no command writes one, whether it succeeds or
// fails, in any format.

import assert from 'node:assert/strict'
import { mkdtempSync, rmSync } from 'node:fs'
import { createServer, type Server, type Socket } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, before, test } from 'node:test'
import { connectPostgres } from '../adapters/postgres/driver.js'
import { type PgliteServer, startPgliteServer } from './driver_pglite_server.js'
import { redshiftEmulation } from './emulation/redshift.js'
import {
  environmentOf,
  fromEnvironment,
  type PlantedProject,
  plantedProject,
  profileOf,
  type Secrets,
  withoutModules,
  withUsers,
} from './planted_secrets.js'

const secrets: Secrets = {
  user: 'Planted-User%1',
  password: `pl@nted:/p%w'd"\\d $&.*`,
  database: 'planted database',
  searchPath: 'planted_search_path',
  role: 'planted_role',
}
const environment = {
  ...environmentOf(secrets),
  // Its own that nobody asked for.
  PGPASSWORD: secrets['password'] ?? '',
}
const connection = {
  type: 'postgres',
  host: '127.0.0.1',
  user: fromEnvironment('DB_USER'),
  password: fromEnvironment('DB_PASSWORD'),
  database: fromEnvironment('DB_NAME'),
  search_path: `${fromEnvironment('DB_PATH')}, public`,
  connect_timeout: 2,
  threads: 1,
}

let folder: string
let database: PgliteServer
let echo: Server
let silence: Server
const project: PlantedProject = plantedProject(secrets, environment)
before(async () => {
  folder = mkdtempSync(join(tmpdir(), 'seshat-planted-db-'))
  database = await startPgliteServer(join(folder, 'db'))
  const admin = { host: '127.0.0.1', port: database.port, user: 'postgres', database: 'postgres' }
  const driver = await connectPostgres(admin, 'seshat tests')
  for (const sql of redshiftEmulation.setUp.filter(statement => statement.startsWith('create')))
    await driver.execute(sql)
  await driver.close()
  echo = await listening(refuseWithAll)
  silence = await listening(() => undefined)
})
after(async () => {
  echo.close()
  silence.close()
  await database.stop()
  rmSync(folder, { recursive: true, force: true })
})

/** Asks for the password, and refuses with all that it was given, in every field that an error has. */
function refuseWithAll(socket: Socket): void {
  socket.on('error', () => undefined)
  socket.once('data', startup => {
    const names = startup.subarray(8).toString().replaceAll('\0', ' ')
    socket.write(packet('R', Buffer.from([0, 0, 0, 3])))
    socket.once('data', answer => {
      const text = `${names} / ${answer.subarray(5, -1).toString()} / ${encodeURIComponent(answer.subarray(5, -1).toString())}`
      socket.end(
        packet(
          'E',
          Buffer.from(['SFATAL', 'VFATAL', 'C28P01', `M${text}`, `D${text}`, `H${text}`, '\0'].join('\0')),
        ),
      )
    })
  })
}

function packet(type: string, body: Buffer): Buffer {
  const header = Buffer.alloc(5)
  header.write(type)
  header.writeInt32BE(body.length + 4, 1)
  return Buffer.concat([header, body])
}

const listening = async (then: (socket: Socket) => void): Promise<Server> => {
  const sockets = new Set<Socket>()
  const server = createServer(socket => {
    sockets.add(socket)
    then(socket)
  })
  await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve))
  const close = server.close.bind(server)
  server.close = done => {
    for (const socket of sockets) socket.destroy()
    return close(done)
  }
  return server
}

const portOf = (server: Server): number => {
  const address = server.address()
  assert.ok(address !== null && typeof address === 'object')
  return address.port
}

const succeed = (words: readonly string[], columns?: number) =>
  test(`secrets on Postgres: ${words.join(' ')}${columns ? ' on a terminal' : ''} tells none`, async () => {
    project.write(profileOf({ ...connection, port: database.port }))
    const given = words.map(word => (word === 'TARGET' ? join(project.directory, 'target') : word))
    const { code, stdout, stderr, told } = await project.run(given, columns ? { columns } : {})
    assert.deepEqual(told, [])
    assert.equal(code, 0, stdout + stderr)
  })

const whoAmI = `select current_setting('search_path') as path, '"' || current_setting('search_path') as quoted`
for (const words of [
  ['debug'],
  ['debug', '--log-format', 'json'],
  ['compile'],
  ['compile', '--all-adapters', '--log-format', 'json'],
  ['build'],
  ['build', '--log-format', 'json'],
  ['run', '--full-refresh', '--quiet'],
  ['run', '--dry-run'],
  ['test'],
  ['seed'],
  ['show', 'numbers'],
  ['show', '--inline', whoAmI, '--output', 'json'],
  ['show', '--inline', whoAmI, '--output', 'csv'],
  ['show', '--inline', whoAmI, '--log-format', 'json'],
  ['ls', '--output', 'json'],
  ['graph'],
  ['compile', '--all-adapters'],
  ['diff', '--state', 'TARGET'],
  ['docs', 'build'],
  ['unlock'],
])
  succeed(words)
test('secrets on Postgres: destroy tells none', async () => {
  project.write({ ...profileOf({ ...connection, port: database.port }), 'seshat.yml': withUsers })
  const { code, stdout, stderr, told } = await project.run(['destroy', 'users', '--dry-run'])
  project.write({ 'seshat.yml': withoutModules })
  assert.deepEqual(told, [])
  assert.equal(code, 0, stdout + stderr)
})

// Where a text is cut, wrapped or drawn anew.
succeed(['debug'], 40)
succeed(['build'], 24)
succeed(['show', '--inline', whoAmI], 24)

interface Failure {
  readonly what: string
  readonly output: () => Readonly<Record<string, unknown>>
  readonly says: RegExp
  readonly words?: readonly string[]
}
const failures: readonly Failure[] = [
  {
    what: 'a server that repeats all that it was given',
    output: () => ({ port: portOf(echo) }),
    says: /login-failed.*did not let user \*\*\* in/,
  },
  {
    what: 'a server that does not answer',
    output: () => ({ port: portOf(silence), connect_timeout: 1 }),
    says: /connection-failed.*did not answer/,
  },
  { what: 'a port where nothing listens', output: () => ({ port: 1 }), says: /Nothing listens/ },
  {
    what: 'a server without TLS',
    output: () => ({ port: database.port, sslmode: 'verify-full' }),
    says: /tls-failed/,
  },
  {
    what: 'a root certificate that is not there',
    output: () => ({
      port: 1,
      sslmode: 'verify-full',
      sslrootcert: `/${secrets['role']}/{{ env_var('DB_ROLE') }}`,
    }),
    says: /The root certificate \*\*\* cannot be read/,
  },
  {
    what: 'a role that does not exist',
    output: () => ({ port: database.port, role: fromEnvironment('DB_ROLE') }),
    says: /connection-failed.*could not be set up|unknown key 'role'/,
  },
  {
    what: 'a URL in the place of a host',
    output: () => ({ host: `postgres://ada:${encodeURIComponent(secrets['password'] ?? '')}@127.0.0.1/web` }),
    says: /connection-failed/,
  },
  {
    what: 'a password that stands in the file, to a server that repeats it',
    output: () => ({ port: portOf(echo), password: secrets['password'] }),
    says: /login-failed/,
  },
  {
    what: 'a variable that is not set',
    output: () => ({ sslrootcert: fromEnvironment('NOT_SET') }),
    says: /missing-env-var.*NOT_SET/,
  },
  {
    what: 'a value of the wrong kind',
    output: () => ({ port: fromEnvironment('DB_PASSWORD'), sslmode: fromEnvironment('DB_ROLE') }),
    says: /bad-value/,
  },
  {
    what: 'keys that Seshat does not know',
    output: () => ({
      sslkey: fromEnvironment('DB_PASSWORD'),
      [secrets['password'] ?? '']: null,
      pasword: secrets['password'],
    }),
    says: /unknown-key/,
  },
  {
    what: 'a statement that the server refuses',
    output: () => ({ port: database.port }),
    says: /planted_search_path|\*\*\*/,
    words: ['show', '--inline', `select (current_setting('search_path') || 'x')::integer`],
  },
  {
    what: 'a model that fails',
    output: () => ({ port: database.port }),
    says: /statement-failed/,
    words: ['run', '--select', 'failing'],
  },
]
for (const type of ['postgres', 'redshift'])
  for (const { what, output, says, words = ['run'] } of failures)
    for (const format of type === 'postgres' ? ['text', 'json'] : ['text'])
      test(`secrets on ${type}: ${what} tells none in ${format}`, async () => {
        project.write({
          ...profileOf({ ...connection, type, port: 1, ...output() }),
          'models/failing.sql': `{{ config(materialized='table') }}\n\nselect (current_setting('search_path') || 'x')::integer as n`,
        })
        const { code, stdout, stderr, told } = await project.run([...words, '--log-format', format])
        assert.deepEqual(told, [])
        assert.notEqual(code, 0)
        assert.match(stdout + stderr, says)
      })
