// YAML beside models, modules, seeds and unit tests.

import type { HostileCase } from './case.js'

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
]
