// YAML beside models, modules, seeds, unit tests and profiles; and what is no file: links, pipes, folders.

import { execFileSync } from 'node:child_process'
import { mkdirSync, symlinkSync, truncateSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:net'
import { type HostileCase, plainProject, settings } from './case.js'

const properties = (name: string, yaml: string, ...expect: readonly string[]): HostileCase => ({
  name: `models/m.yml: ${name}`,
  files: { 'models/m.yml': yaml },
  expect: expect.length === 0 ? 'ok' : expect,
})
const module = (name: string, yaml: string, ...expect: readonly string[]): HostileCase => ({
  name: `module.yml: ${name}`,
  files: {
    'models/shop/module.yml': yaml,
    'models/shop/orders.sql': "{{ config(materialized='incremental') }}\nselect 1 as id",
  },
  expect: expect.length === 0 ? 'ok' : expect,
})
const seed = (name: string, csv: string | Uint8Array, ...expect: readonly string[]): HostileCase => ({
  name: `seed: ${name}`,
  files: { 'seeds/s.csv': csv },
  expect: expect.length === 0 ? 'ok' : expect,
})
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

const unitTest = (name: string, yaml: string, ...expect: readonly string[]): HostileCase => ({
  name: `unit test: ${name}`,
  files: { 'models/m.yml': yaml, 'models/n.sql': "{{ config(materialized='table') }}\nselect 1 as one" },
  words: ['test', '--select', 'n'],
  expect: expect.length === 0 ? 'ok' : expect,
})

export const cases: readonly HostileCase[] = [
  properties('empty', ''),
  properties('a comment', '# nothing'),
  properties('a list', '- models\n', 'bad-value models/m.yml:1'),
  properties('not closed', 'models: [', 'bad-yaml models/m.yml:1'),
  properties('models that are a map', 'models: {plain: {}}\n', 'bad-value models/m.yml:1'),
  properties('a model that is a text', 'models: [plain]\n', 'bad-value models/m.yml:1'),
  properties('a model without a name', 'models: [{description: x}]\n', 'bad-value models/m.yml:1'),
  properties('a model of nothing', 'models: [{name: nothing}]\n', 'unknown-model models/m.yml:1'),
  properties('a model called __proto__', 'models: [{name: __proto__}]\n', 'unknown-model models/m.yml:1'),
  properties('a model called constructor', 'models: [{name: constructor}]\n', 'unknown-model models/m.yml:1'),
  properties(
    'a key __proto__',
    'models: [{name: plain, __proto__: {config: {enabled: false}}}]\n',
    'bad-yaml models/m.yml:1',
  ),
  properties(
    'a description that is a map',
    'models: [{name: plain, description: {a: 1}}]\n',
    'bad-value models/m.yml:1',
  ),
  properties(
    'a description of a script',
    'models: [{name: plain, description: "</script><script>alert(1)</script>"}]\n',
  ),
  properties(
    'columns that are a text',
    'models: [{name: plain, columns: one}]\n',
    'bad-value models/m.yml:1',
  ),
  properties(
    'a column with SQL in it',
    'models: [{name: plain, columns: [{name: "x; drop"}]}]\n',
    'bad-value models/m.yml:1',
  ),
  properties(
    'a column called constructor',
    'models: [{name: plain, columns: [{name: constructor, type: integer}]}]\n',
  ),
  properties(
    'a type with SQL in it',
    'models: [{name: plain, columns: [{name: one, type: "int); drop table x; --"}]}]\n',
    'bad-value models/m.yml:1',
  ),
  properties(
    'a data test that is none',
    'models: [{name: plain, data_tests: [constructor]}]\n',
    'unknown-data-test models/m.yml:1',
  ),
  properties(
    'a data test called __proto__',
    'models: [{name: plain, data_tests: [__proto__]}]\n',
    'unknown-data-test models/m.yml:1',
  ),
  properties(
    'a data test that is a number',
    'models: [{name: plain, data_tests: [42]}]\n',
    'bad-data-test models/m.yml:1',
  ),
  properties(
    'a data test with SQL in its values',
    'models: [{name: plain, columns: [{name: one, data_tests: [accepted_values: {values: ["\'); drop table x; --"]}]}]}]\n',
  ),
  properties('a source called constructor', 'sources: [{name: constructor, tables: [{name: name}]}]\n'),
  properties(
    'a source with SQL in it',
    'sources: [{name: "x; drop", tables: []}]\n',
    'bad-value models/m.yml:1',
  ),
  properties(
    'a source twice',
    'sources: [{name: a, tables: [{name: t}]}, {name: a, tables: [{name: t}]}]\n',
    'duplicate-source models/m.yml:1',
  ),
  properties(
    '5,000 models of nothing',
    `models:\n${many(5000, index => `  - name: m${index}\n`)}`,
    'unknown-model models/m.yml:2',
    '...',
  ),
  properties('aliases of an alias of itself', 'models: &a [*a]\n', 'bad-yaml models/m.yml:1'),
  module('empty', '', 'bad-value models/shop/module.yml:1'),
  module('a list', '[]', 'bad-value models/shop/module.yml:1'),
  module(
    'a variable called toString',
    'description: x\nvars: [toString]\n',
    'unknown-variable models/shop/module.yml:2',
  ),
  module(
    'a variable called constructor',
    'description: x\nvars: [constructor]\n',
    'unknown-variable models/shop/module.yml:2',
  ),
  module(
    'a table called constructor',
    'description: x\ntables: {constructor: {columns: []}}\n',
    'bad-value models/shop/module.yml:2',
    'bad-value models/shop/module.yml:2',
  ),
  {
    name: 'module.yml: in a folder called __proto__',
    files: { 'models/__proto__/module.yml': 'description: x\n' },
    expect: ['bad-identifier models/__proto__/module.yml:1'],
  },
  {
    name: 'module.yml: in a folder with SQL in its name',
    files: { 'models/a; drop/module.yml': 'description: x\n' },
    expect: ['bad-identifier models/a; drop/module.yml:1'],
  },
  {
    name: 'module.yml: in a folder of the name of a standard one',
    files: { 'models/sessions/module.yml': 'description: x\n' },
    expect: ['duplicate-module models/sessions/module.yml:1'],
  },
  {
    name: 'module.yml: in models itself',
    files: { 'models/module.yml': 'description: x\n' },
    expect: ['bad-module models/module.yml:1'],
  },
  seed('empty', '', 'bad-seed seeds/s.csv:1'),
  seed('a header alone', 'a,b\n'),
  seed('ragged', 'a,b\n1\n', 'bad-seed seeds/s.csv:2'),
  seed('a quote not closed', 'a,b\n"1,2\n', 'bad-seed seeds/s.csv:2'),
  seed('a quote in a value', 'a,b\n1"2,3\n', 'bad-seed seeds/s.csv:2'),
  seed('a column without a name', 'a,\n1,2\n', 'bad-seed seeds/s.csv:1'),
  seed('a column twice', 'a,A\n1,2\n', 'bad-seed seeds/s.csv:1'),
  seed('a column with SQL in it', '"a; drop table x",b\n1,2\n', 'bad-seed seeds/s.csv:1'),
  seed('a column called constructor', 'constructor,toString\n1,2\n'),
  seed('a column called __proto__', '__proto__\n1\n', 'bad-seed seeds/s.csv:1'),
  seed('values with SQL in them', "a\n'; drop table x; --\n"),
  seed('values that are formulas', 'a\n=1+1\n'),
  seed('NUL', 'a\n\u0000\n', 'unreadable-file seeds/s.csv:2'),
  seed('an escape of the terminal', 'a\n\u001b[31m\n', 'unreadable-file seeds/s.csv:2'),
  seed('UTF-16', Buffer.from('\ufeffa\n1\n', 'utf16le'), 'unreadable-file seeds/s.csv:1'),
  seed('a byte order mark', '\ufeffa\n1\n'),
  seed('line ends of old', 'a,b\r1,2\r'),
  seed('numbers beyond all numbers', `a\n1e400\n${'9'.repeat(10_000)}\n`),
  seed('100,000 columns', `${many(100_000, index => `c${index},`)}z\n`, 'bad-seed seeds/s.csv:1'),
  seed('100,000 columns of one name', `${'a,'.repeat(100_000)}a\n`, 'bad-seed seeds/s.csv:1'),
  seed('100,000 rows that are ragged', `a,b\n${'1\n'.repeat(100_000)}`, 'bad-seed seeds/s.csv:2'),
  seed('a row of 2 MB', `a\n"${'x'.repeat(2_000_000)}"\n`),
  {
    name: 'seed: called constructor',
    files: { 'seeds/constructor.csv': 'a\n1\n' },
    expect: 'ok',
  },
  {
    name: 'seed: with SQL in its name',
    files: { 'seeds/a; drop.csv': 'a\n1\n' },
    expect: ['bad-identifier seeds/a; drop.csv:1'],
  },
  unitTest('a text', 'unit_tests: text\n', 'bad-value models/m.yml:1'),
  unitTest(
    'without anything',
    'unit_tests: [{}]\n',
    'bad-value models/m.yml:1',
    'bad-value models/m.yml:1',
    'bad-value models/m.yml:1',
  ),
  unitTest(
    'rows that are a number',
    'unit_tests: [{name: u, model: n, given: [], expect: {rows: 42}}]\n',
    'bad-value models/m.yml:1',
  ),
  unitTest(
    'rows of __proto__',
    'unit_tests: [{name: u, model: n, given: [], expect: {rows: [{__proto__: 1}]}}]\n',
    'bad-yaml models/m.yml:1',
  ),
  unitTest(
    'a name with SQL in it',
    'unit_tests: [{name: "u; drop", model: n, given: [], expect: {rows: []}}]\n',
    'bad-value models/m.yml:1',
  ),
  unitTest(
    'a model that there is not',
    'unit_tests: [{name: u, model: constructor, given: [], expect: {rows: []}}]\n',
    'unknown-model models/m.yml:1',
  ),
  unitTest(
    'rows of CSV that are none',
    'unit_tests: [{name: u, model: n, given: [], expect: {format: csv, rows: "a,b\\n\\"1"}}]\n',
    'bad-rows models/m.yml:1',
  ),
  unitTest(
    'a fixture out of the project',
    'unit_tests: [{name: u, model: n, given: [], expect: {format: csv, fixture: ../../outside/secret}}]\n',
    'unknown-fixture models/m.yml:1',
  ),
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
