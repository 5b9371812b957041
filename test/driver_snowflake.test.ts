// What is the Snowflake driver's own: the ways to log in, what a session is told, and a service that is unwell. The real
// snowflake-sdk talks to the local server.

import assert from 'node:assert/strict'
import { generateKeyPairSync } from 'node:crypto'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, before, test } from 'node:test'
import type { Driver } from '../adapters/driver.js'
import { connectPostgres } from '../adapters/postgres/driver.js'
import { connectSnowflake, type SnowflakeConnection } from '../adapters/snowflake/driver.js'
import type { Faults } from '../compiler/diagnostics.js'
import { runCli } from './command_line.js'
import { codeOf, faultsOf, plantedSecret } from './driver_fixtures.js'
import { pgliteServer } from './driver_servers.js'
import { snowflakeEmulation } from './emulation/snowflake.js'
import {
  loginPath,
  queryPath,
  type SnowflakeServer,
  startSnowflakeServer,
} from './emulation/snowflake_server.js'
import { sessionsOn } from './emulation/snowflake_session.js'
import { temporaryProject } from './support.js'

const directory = mkdtempSync(join(tmpdir(), 'seshat-snowflake-'))
const file = (name: string, text: string | Buffer): string => {
  writeFileSync(join(directory, name), text)
  return join(directory, name)
}
const rsa = () => generateKeyPairSync('rsa', { modulusLength: 2048 })
const { publicKey, privateKey } = rsa()
const encryption = { cipher: 'aes-256-cbc', passphrase: plantedSecret }
const keys = {
  plain: file('plain.p8', privateKey.export({ type: 'pkcs8', format: 'pem' })),
  encrypted: file('encrypted.p8', privateKey.export({ type: 'pkcs8', format: 'pem', ...encryption })),
  another: file('another.p8', rsa().privateKey.export({ type: 'pkcs8', format: 'pem' })),
  elliptic: file(
    'elliptic.p8',
    generateKeyPairSync('ec', { namedCurve: 'P-256' }).privateKey.export({ type: 'pkcs8', format: 'pem' }),
  ),
  none: file('none.p8', 'not a key'),
}

let server: SnowflakeServer
let stop: () => Promise<void>
const opened: Driver[] = []
const open = async (how: Partial<SnowflakeConnection>): Promise<Driver> => {
  const address = { host: '127.0.0.1', port: server.port, protocol: 'http' } as const
  const connection = { account: 'test', user: 'ada', database: 'web', ...address, ...how }
  const driver = await connectSnowflake(connection, 'seshat run host:1')
  opened.push(driver)
  return driver
}
const password = { password: plantedSecret }

before(async () => {
  const database = await pgliteServer.create(snowflakeEmulation.setUp)
  const openSession = sessionsOn(false, async () => connectPostgres(await database.connection(), 'snowflake'))
  const accounts = { user: 'ada', ...password, publicKey, token: plantedSecret }
  server = await startSnowflakeServer({ openSession, ...accounts })
  stop = async () => {
    for (const driver of opened) await driver.close()
    await server.stop()
    await database.drop()
    rmSync(directory, { recursive: true })
  }
})
after(() => stop())

const lastLogin = () => {
  const request = server.requests.filter(({ path }) => path === loginPath).at(-1)
  assert.ok(request)
  return { query: request.query, data: request.body.data ?? {} }
}

const ways: Record<string, readonly [how: Partial<SnowflakeConnection>, authenticator: string]> = {
  'a password': [password, 'SNOWFLAKE'],
  'a key': [{ private_key_path: keys.plain }, 'SNOWFLAKE_JWT'],
  'an encrypted key': [
    { private_key_path: keys.encrypted, private_key_passphrase: plantedSecret },
    'SNOWFLAKE_JWT',
  ],
  'an OAuth token': [{ token: plantedSecret, user: undefined }, 'OAUTH'],
  'an access token, as authenticator says': [
    { token: plantedSecret, authenticator: 'PROGRAMMATIC_ACCESS_TOKEN' },
    'PROGRAMMATIC_ACCESS_TOKEN',
  ],
}
for (const [name, [how, authenticator]] of Object.entries(ways)) {
  test(`login: with ${name}`, async () => {
    const driver = await open(how)
    assert.deepEqual((await driver.execute('select 1')).rows, [[1]])
    // The SDK leaves the authenticator of a password out of what it sends.
    assert.equal(lastLogin().data['AUTHENTICATOR'] ?? 'SNOWFLAKE', authenticator)
  })
}

const refused: Record<string, readonly [how: Partial<SnowflakeConnection>, code: string, says: RegExp]> = {
  'a wrong password': [
    { password: `${plantedSecret}-wrong` },
    'login-failed',
    /did not let user ada in[\s\S]*390100/,
  ],
  "another user's key": [
    { private_key_path: keys.another },
    'login-failed',
    /did not let user ada in[\s\S]*JWT token is invalid: \*\*\*\./,
  ],
  'a wrong token': [
    { token: `${plantedSecret}-wrong` },
    'login-failed',
    /Invalid OAuth access token: \*\*\*\./,
  ],
  'nothing to log in with': [{}, 'login-failed', /Give user, and password, private_key_path or token/],
  'a key that is not there': [
    { private_key_path: join(directory, 'missing.p8') },
    'bad-private-key',
    /cannot be read[\s\S]*ENOENT[\s\S]*Correct private_key_path/,
  ],
  'a file that is no key': [
    { private_key_path: keys.none },
    'bad-private-key',
    /none\.p8 cannot be used[\s\S]*has to name a PEM file/,
  ],
  'a key of another kind': [
    { private_key_path: keys.elliptic },
    'bad-private-key',
    /of the kind ec[\s\S]*RSA private key/,
  ],
  'a wrong passphrase': [
    { private_key_path: keys.encrypted, private_key_passphrase: `${plantedSecret}-wrong` },
    'bad-private-key',
    /Correct private_key_passphrase/,
  ],
  'no passphrase': [
    { private_key_path: keys.encrypted },
    'bad-private-key',
    /encrypted: set private_key_passphrase/,
  ],
}
for (const [name, [how, code, says]] of Object.entries(refused)) {
  test(`login: ${name} is ${code}`, async () => isFault(await faultsOf(open(how)), code, says))
}

function isFault(fault: Faults, code: string, says: RegExp): void {
  const { message, cause, hint } = fault.diagnostics[0] ?? {}
  assert.equal(codeOf(fault), code, fault.message)
  assert.equal(fault.exitCode, 2)
  assert.match(`${message}\n${cause}\n${hint}`, says)
  assert.doesNotMatch(`${message}${cause}`, /eyJ/)
}

test('login: role, warehouse, database and account reach the server', async () => {
  await open({ ...password, role: 'reporter', warehouse: 'small' })
  const { query, data } = lastLogin()
  assert.equal(query.get('roleName'), 'reporter')
  assert.equal(query.get('warehouse'), 'small')
  assert.equal(query.get('databaseName'), 'web')
  assert.equal(data['ACCOUNT_NAME'], 'test')
})

test('session: is set to UTC and one text for times, with tag and limit', async () => {
  const settings = () =>
    server.requests.map(({ body }) => body.sqlText ?? '').findLast(sql => /^alter/.test(sql))
  await open({ ...password, query_tag: "nightly 'web'", statement_timeout: 60 })
  assert.equal(
    settings(),
    `alter session set TIMEZONE = 'UTC', TIMESTAMP_TYPE_MAPPING = 'TIMESTAMP_NTZ', ` +
      `TIMESTAMP_NTZ_OUTPUT_FORMAT = 'YYYY-MM-DD HH24:MI:SS.FF6', DATE_OUTPUT_FORMAT = 'YYYY-MM-DD', ` +
      `QUERY_TAG = 'nightly ''web''', STATEMENT_TIMEOUT_IN_SECONDS = 60`,
  )
  await open(password)
  assert.match(settings() ?? '', /QUERY_TAG = 'seshat run host:1'$/)
})

test('connect: a service that is unwell for a moment is asked again', async () => {
  server.trouble(loginPath, 503, 1)
  assert.deepEqual((await (await open(password)).execute('select 1')).rows, [[1]])
})

const unwell: Record<string, readonly [what: number | 'silence', says: RegExp]> = {
  'a service that stays unwell': [503, /127\.0\.0\.1 answered with HTTP 503/],
  'an account that does not exist': [404, /answered with HTTP 404[\s\S]*Correct account/],
  'a service that does not answer': [
    'silence',
    /did not answer within 1 s[\s\S]*connect_timeout \(seconds\)/,
  ],
}
for (const [name, [what, says]] of Object.entries(unwell)) {
  test(`connect: ${name} is connection-failed`, { timeout: 10_000 }, async () => {
    server.trouble(loginPath, what, 1)
    isFault(await faultsOf(open({ ...password, connect_timeout: 1 })), 'connection-failed', says)
  })
}

test('connect: a port where nothing listens is said at once', { timeout: 10_000 }, async () => {
  isFault(
    await faultsOf(open({ ...password, port: 1 })),
    'connection-failed',
    /ECONNREFUSED[\s\S]*host and port/,
  )
})

test('execute: a service that is unwell for a moment is asked again, and executes once', async () => {
  const driver = await open(password)
  await driver.execute('create schema unwell')
  await driver.execute('create table unwell.written (a integer)')
  server.trouble(queryPath, 503, 1)
  await driver.execute('insert into unwell.written values (1)')
  assert.deepEqual((await driver.execute('select a from unwell.written')).rows, [[1]])
})

test('execute: an answer that is none of Snowflake is connection-lost, with the status', async () => {
  const driver = await open(password)
  server.trouble(queryPath, 404, 2) // the SDK asks for a result twice
  const fault = await faultsOf(driver.execute('select 1'))
  assert.equal(codeOf(fault), 'connection-lost')
  assert.match(fault.diagnostics[0]?.cause ?? '', /HTTP 404/)
})

test('connect: without snowflake-sdk the command says what to install', async () => {
  // Resolved from where there are no packages, so that Node's own error comes of it.
  const hooks = `export const resolve = (name, context, next) =>
    next(name, name === 'snowflake-sdk' ? { ...context, parentURL: 'file:///nowhere/at/all.js' } : context)`
  const module = (source: string): string => `data:text/javascript,${encodeURIComponent(source)}`
  const preload = module(`import { register } from 'node:module'; register(${JSON.stringify(module(hooks))})`)
  const output = { type: 'snowflake', account: 'test', user: 'ada', ...password, database: 'web' }
  const project = temporaryProject({
    'seshat.yml': 'name: acme\nprofile: acme\nvars: {start_date: 2024-01-01}\n',
    'profiles.yml': JSON.stringify({ acme: { target: 'dev', outputs: { dev: output } } }),
  })
  const { code, stdout, stderr } = await runCli(['run', '--profiles-dir', '.'], project.directory, {
    NODE_OPTIONS: `--import=${preload}`,
  })
  assert.equal(code, 2)
  assert.match(`${stdout}${stderr}`, /missing-driver[\s\S]*npm install snowflake-sdk/)
  assert.doesNotMatch(`${stdout}${stderr}`, new RegExp(plantedSecret))
})
