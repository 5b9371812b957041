// Secrets of every way to log in at Snowflake, with the real snowflake-sdk in processes of their own: no command, no file that
// the SDK could leave and no error of it tells one.

import assert from 'node:assert/strict'
import { generateKeyPairSync } from 'node:crypto'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, before, test } from 'node:test'
import { connectPostgres } from '../adapters/postgres/driver.js'
import { pgliteServer } from './driver_servers.js'
import { snowflakeEmulation } from './emulation/snowflake.js'
import { type SnowflakeServer, startSnowflakeServer } from './emulation/snowflake_server.js'
import { sessionsOn } from './emulation/snowflake_session.js'
import { fromEnvironment, plantedProject, profileOf } from './planted_secrets.js'

const { publicKey, privateKey } = generateKeyPairSync('rsa', { modulusLength: 2048 })
const passphrase = `ph@se "of" $&\\ pla/nted`
const key = privateKey.export({ type: 'pkcs8', format: 'pem' }).toString()
const encrypted = privateKey
  .export({ type: 'pkcs8', format: 'pem', cipher: 'aes-256-cbc', passphrase })
  .toString()
const secrets = {
  user: 'Planted.User@example',
  password: `pl@nted:/p%w'd"\\d $&.*`,
  token: 'planted-token/with+signs==',
  passphrase,
  // Whole, and each of its lines.
  key,
  encrypted,
  database: 'planted_database',
  role: 'planted_role',
  tag: 'planted query tag',
}
const environment = {
  SF_USER: secrets.user,
  SF_PASSWORD: secrets.password,
  SF_TOKEN: secrets.token,
  SF_PHRASE: passphrase,
  SF_KEY: key,
  SF_DATABASE: secrets.database,
  SF_ROLE: secrets.role,
  SF_TAG: secrets.tag,
  SNOWFLAKE_PASSWORD: secrets.password,
}
const project = plantedProject(secrets, environment)
const folder = mkdtempSync(join(tmpdir(), 'seshat-planted-keys-'))
const keyFile = (name: string, text: string): string => {
  writeFileSync(join(folder, name), text, { mode: 0o600 })
  return join(folder, name)
}
const keys = { plain: keyFile('plain.p8', key), encrypted: keyFile('encrypted.p8', encrypted) }

let server: SnowflakeServer
let stop: () => Promise<void>
before(async () => {
  const database = await pgliteServer.create(snowflakeEmulation.setUp)
  const openSession = sessionsOn(false, async () => connectPostgres(await database.connection(), 'snowflake'))
  const { user, password, token } = secrets
  server = await startSnowflakeServer({ openSession, user, password, publicKey, token })
  stop = async () => {
    await server.stop()
    await database.drop()
    rmSync(folder, { recursive: true })
  }
})
after(() => stop())

const password = { password: fromEnvironment('SF_PASSWORD') }
const connection = (how: Readonly<Record<string, unknown>>) => ({
  type: 'snowflake',
  account: 'test',
  host: '127.0.0.1',
  port: server.port,
  protocol: 'http',
  user: fromEnvironment('SF_USER'),
  database: fromEnvironment('SF_DATABASE'),
  role: fromEnvironment('SF_ROLE'),
  query_tag: fromEnvironment('SF_TAG'),
  connect_timeout: 2,
  ...how,
})

const ways: readonly (readonly [what: string, how: Readonly<Record<string, unknown>>])[] = [
  ['a password', password],
  [
    'an encrypted key',
    { private_key_path: keys.encrypted, private_key_passphrase: fromEnvironment('SF_PHRASE') },
  ],
  ['a token', { token: fromEnvironment('SF_TOKEN') }],
]
for (const [what, how] of ways)
  test(`secrets on Snowflake: with ${what} no file, line or error tells one`, async () => {
    project.write(profileOf(connection(how)))
    const { code, stdout, stderr, told } = await project.spawn(['debug'])
    assert.deepEqual(told, [])
    assert.match(stdout, /ok +login/, stdout + stderr)
    assert.ok(code === 0 || code === 2)
  })

const refused: readonly (readonly [what: string, how: Readonly<Record<string, unknown>>, says: RegExp])[] = [
  ['a wrong password that is repeated', { password: fromEnvironment('SF_TOKEN') }, /login-failed/],
  ['a wrong token that is repeated', { token: fromEnvironment('SF_PASSWORD') }, /login-failed/],
  [
    'a wrong passphrase',
    { private_key_path: keys.encrypted, private_key_passphrase: fromEnvironment('SF_TOKEN') },
    /bad-private-key/,
  ],
  ['a key in the place of its path', { private_key_path: fromEnvironment('SF_KEY') }, /bad-private-key/],
  ['a key that stands in the profile', { private_key_path: key }, /bad-private-key/],
  ['a key under a name of its own', { ...password, private_key: key }, /unknown-key/],
  ['a port where nothing listens', { ...password, port: 1 }, /connection-failed/],
]
for (const [what, how, says] of refused)
  test(`secrets on Snowflake: ${what} tells none`, async () => {
    project.write(profileOf(connection(how)))
    for (const format of ['text', 'json']) {
      const { code, stdout, stderr, told } = await project.run(['run', '--log-format', format])
      assert.deepEqual(told, [])
      assert.equal(code, 2, stdout + stderr)
      assert.match(stdout + stderr, says)
    }
  })

// Names of databases and roles stand in such a log: who has it written has asked for it.
const { database: _, role: __, tag: ___, ...ofLogins } = secrets
const logged = plantedProject(ofLogins, environment)
for (const [what, how] of ways)
  test(`secrets on Snowflake: with ${what} a log that the SDK was told to write has none, nor what Node tells of requests`, async () => {
    const config = join(logged.directory, 'sf_client_config.json')
    const common = { log_level: 'TRACE', log_path: logged.directory }
    writeFileSync(config, JSON.stringify({ common }), { mode: 0o600 })
    logged.write(profileOf(connection(how)))
    const chatty = { SF_CLIENT_CONFIG_FILE: config, NODE_DEBUG: 'http,https,net,tls', DEBUG: '*' }
    const { stdout, stderr, told } = await logged.spawn(['debug'], { environment: chatty })
    assert.deepEqual(told, [])
    const log = readFileSync(join(logged.directory, 'nodejs', 'snowflake.log'), 'utf8')
    assert.match(log, /"level":"TRACE"|TRACE/)
    assert.doesNotMatch(log + stderr, /\beyJ[\w-]+\.[\w-]+\.[\w-]+/)
    assert.match(stdout, /ok +login/, stdout + stderr)
  })
