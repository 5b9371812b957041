// What profiles.yml may say of a connection: numbers also as texts of the environment, keys as libpq names them, and what
// of libpq cannot be had.

import assert from 'node:assert/strict'
import { test } from 'node:test'
import { loadProfile, type Profile } from '../compiler/profile.js'
import { loadProject } from '../compiler/project.js'
import { faultsOf } from './driver_fixtures.js'
import { temporaryProject } from './support.js'

const project = temporaryProject({
  'seshat.yml': 'name: acme\nprofile: acme\nvars: {start_date: 2024-01-01}\n',
})

function profileOf(
  output: Readonly<Record<string, unknown>>,
  environment: Record<string, string> = {},
  hide: (secrets: readonly string[]) => void = () => undefined,
): Profile {
  project.write({ 'profiles.yml': JSON.stringify({ acme: { target: 'dev', outputs: { dev: output } } }) })
  const loaded = loadProject(project.directory, '{}')
  return loadProfile(loaded, { profilesDirectory: project.directory, target: undefined, environment, hide })
}

const postgres = { type: 'postgres', host: 'db.example', user: 'ada', database: 'events' }
const redshift = { ...postgres, type: 'redshift' }
const snowflake = { type: 'snowflake', account: 'acme', user: 'ada', database: 'events' }
const fromEnvironment = (name: string): string => `{{ env_var('${name}') }}`

test('profile: a number may be the text of one, as the environment gives it', () => {
  const texts = { PORT: '6432', LIMIT: '90000', WAIT: '2.5', ALIVE: '0', IDLE: '15', THREADS: '8' }
  const keys = {
    port: fromEnvironment('PORT'),
    statement_timeout: fromEnvironment('LIMIT'),
    connect_timeout: fromEnvironment('WAIT'),
    keepalives: fromEnvironment('ALIVE'),
    keepalives_idle: fromEnvironment('IDLE'),
    threads: fromEnvironment('THREADS'),
  }
  const numbers = {
    port: 6432,
    statement_timeout: 90_000,
    connect_timeout: 2.5,
    keepalives: 0,
    keepalives_idle: 15,
    threads: 8,
  }
  for (const output of [postgres, redshift]) {
    const { type: _, ...said } = output
    assert.deepEqual(profileOf({ ...output, ...keys }, texts).connection, { ...said, ...numbers })
    assert.deepEqual(profileOf({ ...output, ...numbers }).connection, { ...said, ...numbers })
  }
  const { keepalives: _, keepalives_idle: __, ...known } = keys
  const { connection } = profileOf({ ...snowflake, ...known }, { ...texts })
  assert.deepEqual(
    [connection['port'], connection['statement_timeout'], connection['threads']],
    [6432, 90_000, 8],
  )
})

test('profile: ports are by default those of the warehouse', () => {
  assert.equal(profileOf(postgres).connection['port'], 5432)
  assert.equal(profileOf(redshift).connection['port'], 5439)
})

const wrong: readonly (readonly [more: Readonly<Record<string, unknown>>, says: string])[] = [
  [{ port: 'abc' }, "'port' must be a whole number"],
  [{ port: '' }, "'port' must be a whole number"],
  [{ port: 0 }, "'port' must be at least 1"],
  [{ port: 70_000 }, "'port' must be at most 65535"],
  [{ statement_timeout: '' }, "'statement_timeout' must be a whole number"],
  [{ statement_timeout: 1.5 }, "'statement_timeout' must be a whole number"],
  [{ statement_timeout: '10s' }, "'statement_timeout' must be a whole number"],
  [{ connect_timeout: true }, "'connect_timeout' must be a number of seconds above 0"],
  [{ threads: '0' }, "'threads' must be at least 1"],
  [{ keepalives: 2 }, "'keepalives' must be 0 or 1"],
  [{ keepalives: 'on' }, "'keepalives' must be 0 or 1"],
  [{ keepalives_idle: -1 }, "'keepalives_idle' must be at least 0"],
  ...['keepalives_interval', 'keepalives_count', 'tcp_user_timeout'].map(
    key =>
      [
        { [key]: 5 },
        `'${key}' must be left out: of these only keepalives and keepalives_idle can be set`,
      ] as const,
  ),
  ...['prefer', 'allow'].map(
    sslmode =>
      [
        { sslmode },
        "'sslmode' must not leave it to the server whether there is TLS: use verify-full, require, or disable for none",
      ] as const,
  ),
  [{ sslmode: 'on' }, "'sslmode' must be one of disable, require, verify-ca, verify-full"],
]
for (const [more, says] of wrong) {
  test(`profile: ${JSON.stringify(more)} is refused`, async () => {
    for (const output of [postgres, redshift]) {
      const { diagnostics, exitCode } = await faultsOf((async () => profileOf({ ...output, ...more }))())
      assert.equal(exitCode, 2)
      assert.deepEqual(
        diagnostics.map(({ code, message }) => [code, message]),
        [['bad-value', says]],
      )
      assert.equal(diagnostics[0]?.at?.file, 'profiles.yml')
    }
  })
}

test('profile: of Snowflake a limit of more than a week is refused', async () => {
  const fault = await faultsOf((async () => profileOf({ ...snowflake, statement_timeout: 604_801 }))())
  assert.equal(fault.diagnostics[0]?.message, "'statement_timeout' must be at most 604800")
})

test('profile: what is secret is known before any fault, from the environment or not', async () => {
  const hidden = async (
    output: Readonly<Record<string, unknown>>,
    environment: Record<string, string>,
  ): Promise<ReadonlySet<string>> => {
    const told: string[] = []
    const withFault = { ...output, connect_timeout: 'soon' }
    await faultsOf((async () => profileOf(withFault, environment, more => void told.push(...more)))())
    return new Set(told)
  }
  const output = {
    ...snowflake,
    password: 'one',
    private_key_passphrase: 'a',
    token: fromEnvironment('TOKEN'),
    user: `{{ env_var('NAME') }}-reader`,
    role: `{{ env_var('ROLE', 'reporter') }}`,
    port: fromEnvironment('PORT'),
  }
  assert.deepEqual(
    await hidden(output, { TOKEN: 'two', NAME: 'planted', PORT: '443' }),
    new Set(['one', 'a', 'two', 'planted', 'planted-reader']),
  )
  const slips = { host: 'postgres://ada:p%40ss@db/web', sslrootcert: '-----BEGIN KEY-----\nplanted' }
  assert.deepEqual(
    await hidden({ ...postgres, ...slips }, {}),
    new Set(['p%40ss', 'p@ss', '-----BEGIN KEY-----\nplanted']),
  )
})
