// Compile is pure: the same files and variables give the same bytes in another folder, language, time zone and year.

import assert from 'node:assert/strict'
import { cpSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join, relative } from 'node:path'
import { test } from 'node:test'
import { pathToFileURL } from 'node:url'
import { packageDirectory, runCli } from './command_line.js'
import { temporaryProject } from './support.js'

/** Every file below a folder, by its path there. */
function contents(folder: string): ReadonlyMap<string, string> {
  const files = readdirSync(folder, { recursive: true, withFileTypes: true }).filter(entry => entry.isFile())
  const paths = files.map(entry => join(entry.parentPath, entry.name)).sort()
  return new Map(paths.map(path => [relative(folder, path), readFileSync(path, 'utf8')]))
}

const copyOfDemo = (): string => {
  const { directory } = temporaryProject({})
  cpSync(join(packageDirectory, 'demo'), directory, {
    recursive: true,
    filter: path => !/\/(target|\.seshat)$/.test(path),
  })
  return directory
}

/** Code that gives a process another clock and other random numbers. */
const otherWorld = `
const shift = 400 * 86400000
const RealDate = Date
globalThis.Date = class extends RealDate {
  constructor(...args) { args.length === 0 ? super(RealDate.now() + shift) : super(...args) }
  static now() { return RealDate.now() + shift }
}
Math.random = () => 0.25
`

test('compile: byte-identical in another directory, locale, time zone and year', async () => {
  const first = copyOfDemo()
  const second = copyOfDemo()
  const preload = join(second, '..', `${process.pid}-other-world.mjs`)
  writeFileSync(preload, otherWorld)
  const here = await runCli(['compile', '--all-adapters'], first, { TZ: 'UTC', LC_ALL: 'C' })
  assert.equal(here.code, 0, here.stderr)
  const elsewhere = await runCli(['compile', '--all-adapters', '--project-dir', second], '/', {
    TZ: 'Pacific/Auckland',
    LC_ALL: 'tr_TR.UTF-8',
    LANG: 'tr_TR.UTF-8',
    NODE_OPTIONS: `--import ${pathToFileURL(preload).href}`,
  })
  assert.equal(elsewhere.code, 0, elsewhere.stderr)
  const compiled = contents(join(first, 'target'))
  assert.ok(compiled.size > 15)
  assert.deepEqual(contents(join(second, 'target')), compiled)
})

test('diff: the same bytes in another directory, locale and time zone, with and without what is kept', async () => {
  const base = copyOfDemo()
  const heads = [copyOfDemo(), copyOfDemo()] as const
  for (const head of heads) {
    const path = join(head, 'models', 'session_downloads.sql')
    writeFileSync(path, readFileSync(path, 'utf8').replace('count(*)', 'count(distinct 1)'))
  }
  for (const format of ['text', 'markdown', 'json']) {
    const words = ['diff', '--format', format, '--base']
    const here = await runCli([...words, base], heads[0], { TZ: 'UTC', LC_ALL: 'C' })
    assert.deepEqual([here.code, here.stderr], [0, ''])
    assert.match(here.stdout, /session_downloads/)
    const again = await runCli([...words, base], heads[0])
    const elsewhere = await runCli([...words, relative('/', base), '--project-dir', heads[1]], '/', {
      TZ: 'Pacific/Auckland',
      LC_ALL: 'tr_TR.UTF-8',
    })
    // What was compared with is told as it was named.
    const named = (text: string): string =>
      text.replaceAll(base, 'base').replaceAll(relative('/', base), 'base')
    assert.deepEqual([named(again.stdout), named(elsewhere.stdout)], [named(here.stdout), named(here.stdout)])
  }
})

test('compile: line ends of a checkout do not reach the output', async () => {
  const first = copyOfDemo()
  const second = copyOfDemo()
  for (const path of ['seshat.yml', 'models/session_interests.sql', 'models/models.yml']) {
    writeFileSync(join(second, path), readFileSync(join(second, path), 'utf8').replaceAll('\n', '\r\n'))
  }
  for (const directory of [first, second])
    assert.equal((await runCli(['compile', '--adapter', 'postgres'], directory)).code, 0)
  assert.deepEqual(contents(join(second, 'target')), contents(join(first, 'target')))
})

test('compile: no path of this machine and no secret in the output', async () => {
  const project = temporaryProject({
    'seshat.yml': 'name: t\nprofile: acme\nvars: {base: {start_date: 2024-01-01}}\n',
    'profiles.yml': `acme:\n  target: pg\n  outputs:\n    pg: {type: postgres, host: db.example.com, user: u, password: "{{ env_var('PG_SECRET') }}", database: d}\n`,
  })
  const { code, stdout, stderr } = await runCli(['compile'], project.directory, {
    PG_SECRET: 'hunter2-secret',
  })
  assert.equal(code, 0, stderr)
  const texts = [stdout, stderr, ...contents(join(project.directory, 'target')).values()]
  for (const secret of ['hunter2-secret', project.directory, packageDirectory, 'db.example.com']) {
    assert.ok(
      texts.every(text => !text.includes(secret)),
      `${secret} is in the output`,
    )
  }
})

test('compile: for all adapters at once the same bytes as for each by itself', async () => {
  const model = (expression: string): string =>
    `{{ config(materialized='table') }}\nselect ${expression} as x\n`
  const files = {
    'seshat.yml': 'name: t\nvars: {start_date: 2024-01-01, custom: {words: "a\\\\b"}}\n',
    'macros/own.sql': `{% macro own() %}{{ adapter.dispatch('own')() }}{% endmacro %}
{% macro default__own() %}1{% endmacro %}
{% macro snowflake__own() %}2{% endmacro %}
{% macro name() %}'{{ adapter.name }}'{% endmacro %}
`,
    'models/dispatched.sql': model('{{ own() }}'),
    'models/named.sql': model('{{ name() }}'),
    'models/given.sql': model("{% set a = adapter %}'{{ a['name'] }}'"),
    'models/targeted.sql': model("'{{ target.name }}'"),
    'models/escaped.sql': model("{{ literal(var('words')) }}"),
    'models/hooked.sql': `{{ config(materialized='table', pre_hook=["select '{{ adapter.name }}'"]) }}\nselect 1 as x\n`,
    'models/plain.sql': model('1'),
  }
  const together = temporaryProject(files).directory
  assert.deepEqual(await runCli(['compile', '--all-adapters', '--quiet'], together), {
    code: 0,
    stdout: '',
    stderr: '',
  })
  for (const adapter of ['postgres', 'redshift', 'snowflake']) {
    const alone = temporaryProject(files).directory
    assert.equal((await runCli(['compile', '--adapter', adapter, '--quiet'], alone)).code, 0)
    const compiled = join('target', 'compiled', adapter)
    assert.deepEqual(contents(join(together, compiled)), contents(join(alone, compiled)), adapter)
  }
})

test('compile: a file of macros that reads the adapter by itself is read for each adapter', async () => {
  const { directory } = temporaryProject({
    'seshat.yml': 'name: t\nvars: {start_date: 2024-01-01}\n',
    'macros/own.sql': "{% set dialect = adapter.name %}\n{% macro own() %}'{{ dialect }}'{% endmacro %}\n",
    'models/one.sql': 'select {{ own() }} as x\n',
  })
  const { code, stderr } = await runCli(['compile', '--all-adapters'], directory)
  assert.equal(code, 0, stderr)
  for (const adapter of ['postgres', 'redshift', 'snowflake'])
    assert.match(
      readFileSync(join(directory, 'target', 'compiled', adapter, 'custom', 'one.sql'), 'utf8'),
      new RegExp(`select '${adapter}' as x`),
    )
})
