// The cache of compared states: it saves work and never decides anything. Damaged, gone, stale or not to be written, the
// answer is the same.

import assert from 'node:assert/strict'
import { mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { beforeEach, describe, test } from 'node:test'
import type { ComparedState } from '../compiler/base_state.js'
import { manifestVersion, type ProjectState } from '../compiler/manifest.js'
import { cacheKey, StateCache } from '../compiler/state_cache.js'
import { temporaryProject } from './support.js'

const state = (project: string): ProjectState => ({
  version: manifestVersion,
  project,
  lineage: 'unknown',
  targets: {},
})
const compared = (project: string): ComparedState => ({ state: state(project), textOf: () => undefined })

describe('the cache of compared states', () => {
  const { directory } = temporaryProject({ 'seshat.yml': 'name: t\n' })
  const folder = join(directory, 'target', '.cache')
  let computed = 0
  const stateOf = (key: string): string =>
    new StateCache(folder).stateOf(key, () => {
      computed += 1
      return compared(key)
    }).state.project
  beforeEach(() => {
    rmSync(folder, { recursive: true, force: true })
    computed = 0
  })

  test('the second time: nothing is computed', () => {
    assert.deepEqual([stateOf('a'), stateOf('a'), computed], ['a', 'a', 1])
  })

  for (const [what, damage] of [
    ['cut off', (path: string) => writeFileSync(path, readFileSync(path).subarray(0, 40))],
    ['changed', (path: string) => writeFileSync(path, readFileSync(path, 'utf8').replace('"a"', '"b"'))],
    ['empty', (path: string) => writeFileSync(path, '')],
    ['gone', (path: string) => rmSync(path)],
    [
      'a folder',
      (path: string) => {
        rmSync(path)
        mkdirSync(path)
      },
    ],
  ] as const)
    test(`a file that is ${what}: computed again`, () => {
      stateOf('a')
      damage(join(folder, 'a.state.json'))
      assert.deepEqual([stateOf('a'), computed], ['a', 2])
    })

  test('a folder that cannot be written: computed each time', () => {
    mkdirSync(join(directory, 'target'), { recursive: true })
    writeFileSync(folder, 'a file')
    assert.deepEqual([stateOf('a'), stateOf('a'), computed], ['a', 'a', 2])
  })

  test('those used last are kept, five of them', () => {
    for (const key of ['a', 'b', 'c', 'd', 'e']) {
      stateOf(key)
      wait()
    }
    stateOf('a')
    wait()
    stateOf('f')
    const kept = new Set(readdirSync(folder).map(name => name.split('.')[0]))
    assert.deepEqual([...kept].sort(), ['a', 'c', 'd', 'e', 'f'])
  })

  test('values: kept by kind and content, computed again where damaged, five of a kind', () => {
    const cache = new StateCache(folder)
    const kept = (kind: 'lineage' | 'picture', content: unknown): string =>
      cache.valueOf(kind, content, () => {
        computed += 1
        return `${kind} of ${JSON.stringify(content)}`
      })
    assert.equal(kept('lineage', [1]), 'lineage of [1]')
    assert.equal(kept('lineage', [1]), 'lineage of [1]')
    assert.equal(kept('picture', [1]), 'picture of [1]')
    assert.equal(kept('lineage', [2]), 'lineage of [2]')
    assert.equal(computed, 3)
    const file = `${cacheKey([1])}.lineage.json`
    writeFileSync(join(folder, file), readFileSync(join(folder, file), 'utf8').replace('[1]', '[3]'))
    assert.equal(kept('lineage', [1]), 'lineage of [1]')
    assert.equal(computed, 4)
    for (const content of [11, 12, 13, 14, 15]) {
      wait()
      kept('lineage', content)
    }
    const names = readdirSync(folder)
    assert.equal(names.filter(name => name.endsWith('.lineage.json')).length, 5)
    assert.equal(names.filter(name => name.endsWith('.picture.json')).length, 1)
    stateOf('a')
    assert.equal(readdirSync(folder).length, names.length + 2)
  })

  test('the key: another for other content', () => {
    assert.equal(cacheKey([['a', 1]]), cacheKey([['a', 1]]))
    assert.notEqual(cacheKey([['a', 1]]), cacheKey([['a', 2]]))
  })
})

/** Until a file that is written now is newer than those before. */
function wait(): void {
  const until = Date.now() + 5
  while (Date.now() < until);
}

describe('diff with a cache', () => {
  const files = (least: number) => ({
    'seshat.yml': `name: t\nvars: {base: {start_date: 2024-01-01}, custom: {least: ${least}}}\n`,
    'models/busy.sql':
      "{{ config(materialized='table') }}\nselect s.domain_userid from {{ ref('sessions') }} as s where s.page_views > {{ var('least') }}\n",
  })
  const base = temporaryProject(files(3))
  const head = temporaryProject(files(4))
  const diff = (...more: readonly string[]) =>
    head.seshat('diff', '--base', base.directory, '--format', 'json', ...more)

  test('the same bytes with and without, and after every kind of change', async () => {
    const cold = await diff()
    const warm = await diff()
    assert.equal(cold.stdout, warm.stdout)
    const { nodes } = JSON.parse(cold.stdout) as { nodes: { name: string }[] }
    assert.deepEqual([...new Set(nodes.map(({ name }) => name))], ['busy'])
    const same = await diff('--vars', '{custom: {least: 7}}')
    assert.deepEqual((JSON.parse(same.stdout) as { nodes: [] }).nodes, [])
    writeFileSync(join(head.directory, 'seshat.yml'), files(3)['seshat.yml'])
    assert.deepEqual((JSON.parse((await diff()).stdout) as { nodes: [] }).nodes, [])
    writeFileSync(join(head.directory, 'seshat.yml'), files(4)['seshat.yml'])
    assert.equal((await diff()).stdout, cold.stdout)
  })

  test('compiled texts that are gone: the diff shows them all the same', async () => {
    const text = () => head.seshat('diff', '--base', base.directory, '--format', 'markdown')
    const { stdout } = await text()
    assert.match(stdout, /page_views > 4/)
    const folder = join(head.directory, 'target', '.cache')
    for (const name of readdirSync(folder)) if (name.includes('.texts.')) rmSync(join(folder, name))
    assert.equal((await text()).stdout, stdout)
  })

  test('four at once on an empty cache: the same bytes', async () => {
    const cold = await diff()
    rmSync(join(head.directory, 'target', '.cache'), { recursive: true })
    const all = await Promise.all([diff(), diff(), diff(), diff()])
    for (const { code, stdout } of all) assert.deepEqual([code, stdout], [0, cold.stdout])
    const left = readdirSync(join(head.directory, 'target', '.cache'))
    assert.deepEqual(
      left.filter(name => !name.endsWith('.json')),
      [],
    )
  })
})
