// profiles.yml; and what is no file: links, pipes, folders.

import { execFileSync } from 'node:child_process'
import { mkdirSync, symlinkSync, truncateSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:net'
import { type HostileCase, plainProject, settings } from './case.js'

const profile = (name: string, yaml: string | Uint8Array, ...expect: readonly string[]): HostileCase => ({
  name: `profiles.yml: ${name}`,
  files: { ...settings('profile: p\n'), 'profiles.yml': yaml },
  words: ['compile'],
  expect: expect.length === 0 ? 'ok' : expect,
})
const output = (name: string, keys: string, ...expect: readonly string[]): HostileCase =>
  profile(name, `p:\n  target: dev\n  outputs:\n    dev: {${keys}}\n`, ...expect)
const files = (
  name: string,
  made: NonNullable<HostileCase['files']>,
  ...expect: readonly string[]
): HostileCase => ({
  name: `files: ${name}`,
  files: made,
  expect: expect.length === 0 ? 'ok' : expect,
})
const link = (to: string) => (path: string) => symlinkSync(to, path)
const pipe = (path: string): void => void execFileSync('mkfifo', [path])
const socket = (path: string): void => void createServer().listen(path).unref()
const folder = (path: string): void => void mkdirSync(path, { recursive: true })
const huge = (path: string): void => {
  writeFileSync(path, '')
  truncateSync(path, 100_000_000)
}
const many = (count: number, line: (index: number) => string): string =>
  Array.from({ length: count }, (_, index) => line(index)).join('')

export const cases: readonly HostileCase[] = [
  profile('empty', '', 'missing-profile seshat.yml:3'),
  profile('a list', '[]', 'bad-value profiles.yml:1'),
  profile('a text', 'p', 'bad-value profiles.yml:1'),
  profile('not closed', 'p: {target: "x', 'bad-yaml profiles.yml:1'),
  profile('a profile that is null', 'p:\n', 'bad-value profiles.yml:1', 'bad-value profiles.yml:1'),
  profile('a profile called __proto__', '__proto__: {target: dev, outputs: {}}\n', 'bad-yaml profiles.yml:1'),
  profile('NUL', 'p: \u0000', 'unreadable-file profiles.yml:1'),
  profile('UTF-16', Buffer.from('\ufeffp: {}', 'utf16le'), 'unreadable-file profiles.yml:1'),
  profile(
    'aliases of aliases',
    `p: &a [x]\n${many(9, index => `k${index}: &b${index} [${`*${index === 0 ? 'a' : `b${index - 1}`},`.repeat(9)}]\n`)}`,
    'bad-yaml profiles.yml:1',
  ),
  profile(
    'a target that is called constructor',
    'p: {target: constructor, outputs: {dev: {type: embedded}}}\n',
    'missing-target profiles.yml:1',
  ),
  profile(
    'a target that is called __proto__',
    'p: {target: __proto__, outputs: {dev: {type: embedded}}}\n',
    'missing-target profiles.yml:1',
  ),
  output('an adapter that there is not', 'type: constructor', 'unknown-adapter profiles.yml:4'),
  output('an adapter that is a list', 'type: [postgres]', 'bad-value profiles.yml:4'),
  output(
    'a template that reaches out',
    "type: postgres, host: \"{{ ''.constructor.constructor('return process')() }}\"",
    'bad-value profiles.yml:4',
  ),
  output(
    'a template that never ends',
    'type: postgres, host: "{{ 1 }}{% for i in range(1000000000) %}{% endfor %}"',
    'bad-value profiles.yml:4',
  ),
  output('a template not closed', 'type: postgres, host: "{{ env_var(\'X\'"', 'bad-value profiles.yml:4'),
  output(
    'a variable that is not there',
    'type: postgres, host: "{{ env_var(\'NO_SUCH_VARIABLE\') }}"',
    'missing-env-var profiles.yml:4',
  ),
  output(
    'a variable called constructor',
    'type: postgres, host: "{{ env_var(\'constructor\') }}"',
    'missing-env-var profiles.yml:4',
  ),
  output(
    'a variable without quotes',
    'type: postgres, host: "{{ env_var(HOME) }}"',
    'bad-value profiles.yml:4',
  ),
  output(
    'a port that is none',
    'type: postgres, host: h, user: u, database: d, port: 99999',
    'bad-value profiles.yml:4',
  ),
  output(
    'a key that there is not',
    'type: postgres, host: h, user: u, database: d, hots: x',
    'unknown-key profiles.yml:4',
  ),
  output(
    'a password of 10,000 letters',
    `type: postgres, host: h, user: u, database: d, password: ${'x'.repeat(10_000)}`,
  ),
  output(
    'a password of 5,000 signs',
    `type: postgres, host: h, user: u, database: d, password: "${'(a+)+'.repeat(1000)}"`,
  ),
  output(
    'a password of 900,000 letters',
    `type: postgres, host: h, user: u, database: d, password: ${'x'.repeat(900_000)}`,
    'bad-value profiles.yml:4',
  ),
  output(
    'a host of 900,000 colons',
    `type: postgres, host: "://${':'.repeat(900_000)}"`,
    'bad-value profiles.yml:4',
  ),
  output(
    'a variable 20,000 times',
    `type: postgres, host: "${"{{ env_var('HOME') }}".repeat(20_000)}"`,
    'bad-value profiles.yml:4',
  ),
  {
    name: 'profiles.yml: is a pipe',
    files: { ...settings('profile: p\n'), 'profiles.yml': pipe },
    words: ['compile'],
    expect: ['unreadable-file profiles.yml:1'],
  },
  files('seshat.yml is a folder', { 'seshat.yml': folder }, 'unreadable-file seshat.yml:1'),
  files('seshat.yml is a pipe', { 'seshat.yml': pipe }, 'unreadable-file seshat.yml:1'),
  files(
    'seshat.yml is a link out of the project',
    { 'seshat.yml': link('../outside/secret.sql') },
    'unreadable-file seshat.yml:1',
  ),
  files('seshat.yml is a link to itself', { 'seshat.yml': link('seshat.yml') }, 'no-project'),
  files('models is a file', { models: 'text', 'models/plain.sql': null }, 'unreadable-file models:1'),
  files('a model is a folder', { 'models/m.sql': folder }),
  files('a model is a pipe', { 'models/m.sql': pipe }, 'unreadable-file models/m.sql:1'),
  files('a model is a socket', { 'models/m.sql': socket }, 'unreadable-file models/m.sql:1'),
  files(
    'a model is a link to a device',
    { 'models/m.sql': link('/dev/zero') },
    'unreadable-file models/m.sql:1',
  ),
  files(
    'a model is a link to passwords',
    { 'models/m.sql': link('/etc/passwd') },
    'unreadable-file models/m.sql:1',
  ),
  files(
    'a model is a link out of the project',
    { 'models/m.sql': link('../../outside/secret.sql') },
    'unreadable-file models/m.sql:1',
  ),
  files(
    'a model is a link to nowhere',
    { 'models/m.sql': link('nowhere.sql') },
    'unreadable-file models/m.sql:1',
  ),
  files('a model is a link to itself', { 'models/m.sql': link('m.sql') }, 'unreadable-file models/m.sql:1'),
  files('a folder is a link to its parent', { 'models/again': link('..') }, 'unreadable-file models/again:1'),
  files('a folder is a link to /', { 'models/root': link('/') }, 'unreadable-file models/root:1'),
  files(
    'two links that lead to one another',
    { 'models/a': link('b'), 'models/b': link('a') },
    'unreadable-file models/a:1',
    'unreadable-file models/b:1',
  ),
  files('a model of 100 MB', { 'models/m.sql': huge }, 'unreadable-file models/m.sql:1'),
  files('a seed of 100 MB', { 'seeds/s.csv': huge }, 'unreadable-file seeds/s.csv:1'),
  files(
    'a seed that is a link out of the project',
    { 'seeds/s.csv': link('../../outside/secret.sql') },
    'unreadable-file seeds/s.csv:1',
  ),
  files(
    'macros that are a link out of the project',
    { macros: link('../outside') },
    'unreadable-file macros:1',
  ),
  files('tests that are a file', { tests: 'text' }, 'unreadable-file tests:1'),
  files('folders 100 deep', { [`models/${'d/'.repeat(100)}m.sql`]: 'select 1 as one' }),
  files('a file with an ending alone', { 'models/.sql': 'select 1' }),
  files('target is a link out of the project', { target: link('../outside') }, 'cannot-write'),
  files('target is a file', { target: 'text' }, 'cannot-write'),
  files(
    'target/compiled is a link out of the project',
    { 'target/x.txt': '', 'target/compiled': link('../../outside') },
    'cannot-write',
  ),
  files(
    'target/compiled/postgres is a link out of the project',
    { 'target/compiled/postgres': link('../../../outside') },
    'cannot-write',
  ),
  files(
    'the manifest is a link out of the project',
    { 'target/manifest.json': link('../../outside/secret.sql') },
    'cannot-write',
  ),
  files('the manifest is a pipe', { 'target/manifest.json': pipe }, 'cannot-write'),
  files('the manifest is a folder', { 'target/manifest.json/x': '' }, 'system-error'),
  files(
    'a chain of 3,000 models',
    Object.fromEntries([
      ...Array.from(
        { length: 3000 },
        (_, index) =>
          [
            `models/c${index}.sql`,
            index === 0
              ? 'select 1 as one'
              : `{{ config(materialized='ephemeral') }}select c.one from {{ ref('c${index - 1}') }} as c`,
          ] as const,
      ),
      ['seshat.yml', String(plainProject['seshat.yml'])] as const,
    ]),
  ),
]
