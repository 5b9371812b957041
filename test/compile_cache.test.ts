// What a compilation keeps in target/.cache saves work and never decides anything: the bytes are the same with it, without it, after
// a change, and whatever has become of the file.

import assert from 'node:assert/strict'
import {
  chmodSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs'
import { join, relative } from 'node:path'
import { describe, test } from 'node:test'
import { modulesOff, type TestProject, temporaryProject } from './support.js'

const files = {
  'seshat.yml': `name: t\nvars: {custom: {least: 3}}\n${modulesOff('base', 'page_views', 'sessions', 'users')}`,
  'macros/half.sql': '{% macro half(x) %}{{ x }} / 2{% endmacro %}',
  'models/orders.yml': 'models:\n  - name: orders\n    description: Orders.\n',
  'models/orders.sql':
    "{{ config(materialized='table', tags=['daily']) }}\nselect a, {{ half('b') }} as b from {{ source('shop', 'orders') }}",
  'models/large.sql':
    "{% if is_incremental() %}\nselect a, b from {{ ref('orders') }} where b > {{ var('least') }}\n{% else %}\nselect 1 as a, 2 as b\n{% endif %}",
  'models/dated.sql': "select a, {{ literal('word') }} as word from {{ ref('large') }}",
  'tests/positive.sql': "select a from {{ ref('orders') }} where b < 0",
}

const compiled = (folder: string): ReadonlyMap<string, string> =>
  new Map(
    readdirSync(folder, { recursive: true, withFileTypes: true })
      .filter(entry => entry.isFile() && !join(entry.parentPath, entry.name).includes('.cache'))
      .map(entry => join(entry.parentPath, entry.name))
      .sort()
      .map(path => [relative(folder, path), readFileSync(path, 'utf8')]),
  )

async function compile(
  project: TestProject,
  ...words: readonly string[]
): Promise<ReadonlyMap<string, string>> {
  const { code, stderr } = await project.seshat('compile', '--all-adapters', ...words)
  assert.equal(code, 0, stderr)
  return compiled(join(project.directory, 'target'))
}

/** What files of a project compile to where nothing is kept. */
async function afresh(change: Readonly<Record<string, string>> = {}): Promise<ReadonlyMap<string, string>> {
  return compile(temporaryProject({ ...files, ...change }))
}

const cacheOf = ({ directory }: TestProject): string => join(directory, 'target', '.cache')
function keptFile(project: TestProject): string {
  const [name] = readdirSync(cacheOf(project)).filter(file => file.endsWith('.compile.json'))
  assert.ok(name)
  return join(cacheOf(project), name)
}

describe('what a compilation keeps', () => {
  test('nothing has changed: the same bytes, and nothing is written', async () => {
    const project = temporaryProject(files)
    const first = await compile(project)
    const { ino } = statSync(keptFile(project))
    assert.deepEqual(await compile(project), first)
    assert.equal(statSync(keptFile(project)).ino, ino)
  })

  for (const [what, change] of [
    ['a model', { 'models/orders.sql': "select a, b from {{ source('shop', 'orders') }}" }],
    ['a macro', { 'macros/half.sql': '{% macro half(x) %}{{ x }} / 4{% endmacro %}' }],
    ['a variable', { 'seshat.yml': files['seshat.yml'].replace('least: 3', 'least: 4') }],
    ['a description', { 'models/orders.yml': 'models:\n  - name: orders\n    description: All orders.\n' }],
    ['a schema', { 'seshat.yml': files['seshat.yml'].replace('{custom', '{output_schema: other, custom') }],
  ] as const)
    test(`${what} has changed: the bytes of a project without it`, async () => {
      const project = temporaryProject(files)
      const before = await compile(project)
      project.write(change)
      const after = await compile(project)
      assert.notDeepEqual(after, before)
      assert.deepEqual(after, await afresh(change))
    })

  for (const [what, damage] of [
    ['cut off', (path: string) => writeFileSync(path, readFileSync(path).subarray(0, 900))],
    [
      'changed',
      (path: string) => writeFileSync(path, readFileSync(path, 'utf8').replaceAll('orders', 'others')),
    ],
    ['empty', (path: string) => writeFileSync(path, '')],
    ['no text', (path: string) => writeFileSync(path, Buffer.alloc(5_000, 0xff))],
    ['gone', (path: string) => rmSync(path)],
    [
      'a folder',
      (path: string) => {
        rmSync(path)
        mkdirSync(path)
      },
    ],
    [
      'a link to nowhere',
      (path: string) => {
        rmSync(path)
        symlinkSync('/nowhere/at/all', path)
      },
    ],
  ] as const)
    test(`its file is ${what}: the same bytes`, async () => {
      const project = temporaryProject(files)
      const first = await compile(project)
      damage(keptFile(project))
      rmSync(join(project.directory, 'target', 'compiled'), { recursive: true })
      assert.deepEqual(await compile(project), first)
    })

  test('the file is that of another project: the bytes of this one', async () => {
    const other = temporaryProject({ ...files, 'models/orders.sql': 'select 9 as a, 8 as b' })
    const project = temporaryProject(files)
    const first = await compile(project)
    await compile(other)
    writeFileSync(keptFile(project), readFileSync(keptFile(other)))
    assert.deepEqual(await compile(project), first)
  })

  test('the folder cannot be written to: the same bytes', async () => {
    const project = temporaryProject(files)
    const first = await compile(project)
    rmSync(cacheOf(project), { recursive: true })
    writeFileSync(cacheOf(project), 'a file, which stops root too')
    assert.deepEqual(await compile(project), first)
    rmSync(cacheOf(project))
    mkdirSync(cacheOf(project))
    chmodSync(cacheOf(project), 0o500)
    assert.deepEqual(await compile(project), first)
  })

  test('six processes at once, one of them with other variables: each its own bytes', async () => {
    const project = temporaryProject(files)
    const vars = ['--vars', '{custom: {least: 7}}']
    const elsewhere = (index: number): readonly string[] => ['--target-path', `target-${index}`]
    const results = await Promise.all(
      Array.from({ length: 6 }, (_, index) =>
        project.seshat('compile', '--all-adapters', ...(index === 5 ? [...elsewhere(index), ...vars] : [])),
      ),
    )
    assert.deepEqual(
      results.map(({ code, stderr }) => [code, stderr]),
      Array.from({ length: 6 }, () => [0, '']),
    )
    assert.deepEqual(compiled(join(project.directory, 'target')), await afresh())
    assert.deepEqual(await compile(project), await afresh())
    const left = readdirSync(cacheOf(project))
    assert.deepEqual(
      left.filter(name => !/\.(compile|compilation)\.json$/.test(name)),
      [],
    )
  })
})
