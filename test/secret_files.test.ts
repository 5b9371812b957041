// Files that hold secrets: who connects is warned of those that others can read, and debug of a profile that git keeps.

import assert from 'node:assert/strict'
import { execFileSync } from 'node:child_process'
import { chmodSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'
import { loosePermissions } from '../compiler/secret_files.js'
import { plantedProject, profileOf } from './planted_secrets.js'

const project = plantedProject({}, {})
const key = join(project.directory, 'rsa key.p8')
writeFileSync(key, 'a key')
const snowflake = { type: 'snowflake', account: 'acme', user: 'ada', database: 'web', private_key_path: key }
const onUnix = process.platform !== 'win32'

for (const [mode, loose] of [
  [0o600, false],
  [0o400, false],
  [0o711, false],
  [0o640, true],
  [0o604, true],
  [0o620, true],
] as const)
  test(`loosePermissions: mode ${mode.toString(8)} is ${loose ? 'warned of' : 'right'}`, () => {
    chmodSync(key, mode)
    const found = loosePermissions([key])
    assert.deepEqual(
      found.map(({ code, severity, hint }) => [code, severity, hint]),
      loose && onUnix ? [['loose-permissions', 'warning', `chmod 600 '${key}'`]] : [],
    )
  })

test('loosePermissions: a file that is not there is told by who opens it', () => {
  assert.deepEqual(loosePermissions([join(project.directory, 'none'), 'x'.repeat(5000)]), [])
})

test('a private key that others can read: who connects is warned, in text and as data', async () => {
  project.write(profileOf(snowflake))
  chmodSync(key, 0o644)
  for (const words of [['debug'], ['run', '--select', 'numbers'], ['show', 'numbers'], ['unlock']]) {
    const { stderr } = await project.run(words)
    assert.equal(
      /^warning\[loose-permissions\]: .*rsa key\.p8 .*\(mode 644\)\n {2}= chmod 600 '.*'/m.test(stderr),
      onUnix,
    )
    assert.match(stderr, /bad-private-key/)
  }
  const { stdout } = await project.run(['debug', '--log-format', 'json'])
  assert.equal(stdout.includes('"code":"loose-permissions","severity":"warning"'), onUnix)
  chmodSync(key, 0o600)
  assert.doesNotMatch((await project.run(['debug'])).stderr, /loose-permissions/)
})

const server = { type: 'postgres', host: '127.0.0.1', port: 1, user: 'ada', database: 'web' }
const profiles = join(project.directory, 'profiles.yml')

test('a password in profiles.yml: debug warns where others can read it, or git keeps it', async () => {
  project.write(profileOf({ ...server, password: 'a literal' }))
  chmodSync(profiles, 0o600)
  assert.doesNotMatch((await project.run(['debug'])).stderr, /warning/)
  chmodSync(profiles, 0o644)
  assert.equal(
    /warning\[loose-permissions\]: .*profiles\.yml/.test((await project.run(['debug'])).stderr),
    onUnix,
  )
  assert.doesNotMatch((await project.run(['show', 'numbers'])).stderr, /warning/)
  chmodSync(profiles, 0o600)
  const git = (...words: readonly string[]) =>
    execFileSync('git', ['-c', 'user.name=t', '-c', 'user.email=t@example.com', ...words], {
      cwd: project.directory,
    })
  git('init', '--quiet')
  assert.doesNotMatch((await project.run(['debug'])).stderr, /secret-in-git/)
  git('add', 'profiles.yml')
  assert.match((await project.run(['debug'])).stderr, /warning\[secret-in-git\]: .*profiles\.yml/)
})

test('a profile that takes its password from the environment: no warning, whoever reads it', async () => {
  process.env['PLANTED_PASSWORD'] = 'from the environment'
  project.write(profileOf({ ...server, password: "{{ env_var('PLANTED_PASSWORD') }}" }))
  chmodSync(profiles, 0o644)
  assert.doesNotMatch((await project.run(['debug'])).stderr, /warning/)
})
