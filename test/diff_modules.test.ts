// What diff makes of changes of a module's tables, of another version of the package, and of a manifest that is no manifest.

import assert from 'node:assert/strict'
import { cpSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, test } from 'node:test'
import type { NodeChange } from '../compiler/diff_states.js'
import { temporaryProject } from './support.js'

const modulesOff =
  'modules: {base: {enabled: false}, page_views: {enabled: false}, sessions: {enabled: false}, users: {enabled: false}}'
const files = {
  'seshat.yml': `name: belt\n${modulesOff}\n`,
  'models/shelves/module.yml': `description: One row per shelf.
vars: [cleanup_mode, ends_run]
tables:
  shelves:
    description: One row per shelf.
    materialized: incremental
    unique_key: shelf
    replaces: shelves_this_run
    columns: [{name: shelf, type: varchar(36)}, {name: parcels, type: int}]
`,
  'models/shelves/shelves_this_run.sql': `{{ config(materialized='scratch') }}
select p.shelf, cast(count(*) as integer) as parcels from {{ source('warehouse', 'parcels') }} as p group by p.shelf
`,
  'models/shelves/shelves.sql': `select s.shelf, s.parcels from {{ ref('shelves_this_run') }} as s\n`,
  'models/full.sql': `{{ config(materialized='table') }}\nselect s.shelf from {{ ref('shelves') }} as s\n`,
}
const module = 'models/shelves/module.yml'
const edited = (file: keyof typeof files, from: string, to: string) =>
  temporaryProject({ ...files, [file]: files[file].replace(from, to) })

const base = temporaryProject(files)

/** `name adapter: classes: columns that changed: causes` of each node that differs. */
async function changes(project: { seshat: typeof base.seshat }, from = base.directory) {
  const { code, stdout, stderr } = await project.seshat('diff', '--base', from, '--format', 'json')
  assert.deepEqual([code, stderr], [0, ''])
  const { nodes } = JSON.parse(stdout) as { nodes: readonly NodeChange[] }
  return nodes.map(({ name, adapter, classes, columns: { added, removed, retyped }, causes }) => ({
    node: `${name} ${adapter}`,
    classes: classes.join(' '),
    columns: [added, removed, retyped].map(names => names.join(' ')).join('/'),
    causes: causes.map(cause => cause.name).join(' '),
  }))
}
const onAll = (change: { node: string; classes: string; columns: string; causes: string }) =>
  ['postgres', 'redshift', 'snowflake'].map(adapter => ({ ...change, node: `${change.node} ${adapter}` }))

describe('diff of a module', () => {
  test('a declared column of another type', async () => {
    const project = edited(module, 'type: int}', 'type: bigint}')
    const found = await changes(project)
    assert.deepEqual([...new Set(found.map(({ causes }) => causes))], [module])
    // The module's setup makes the table with the type.
    assert.deepEqual([...new Set(found.map(({ node }) => node.split(' ')[0]))], ['shelves.setup', 'shelves'])
    const ofTable = found.filter(({ node }) => node.startsWith('shelves '))
    assert.deepEqual(
      ofTable,
      onAll({ node: 'shelves', classes: 'columns destructive', columns: '//parcels', causes: module }),
    )
  })

  test('a key that changes', async () => {
    const project = edited(module, 'unique_key: shelf', 'unique_key: [shelf, parcels]')
    const ofTable = (await changes(project)).filter(({ node }) => node.startsWith('shelves '))
    assert.deepEqual(
      ofTable.map(({ classes, causes }) => [classes.endsWith('destructive'), causes]),
      [
        [true, module],
        [true, module],
        [true, module],
      ],
    )
  })

  test('a cast that changes', async () => {
    const project = edited('models/shelves/shelves_this_run.sql', 'as integer)', 'as bigint)')
    const file = 'models/shelves/shelves_this_run.sql'
    assert.deepEqual(
      await changes(project),
      onAll({ node: 'shelves_this_run', classes: 'columns', columns: '//parcels', causes: file }),
    )
  })

  test('a module that is called otherwise: its nodes go and come', async () => {
    const renamed = temporaryProject(
      Object.fromEntries(
        Object.entries(files).map(([path, text]) => [path.replace('models/shelves/', 'models/racks/'), text]),
      ),
    )
    const nodes = new Set((await changes(renamed)).map(({ node }) => node.split(' ')[0]))
    for (const node of ['shelves.setup', 'racks.setup', 'shelves.commit', 'racks.commit'])
      assert.ok(nodes.has(node), node)
  })
})

describe('diff with a target folder', () => {
  const manifestOf = async (change: (text: string) => string): Promise<string> => {
    const project = temporaryProject(files)
    assert.equal((await project.seshat('compile', '--all-adapters')).code, 0)
    const { directory: copy } = temporaryProject({})
    cpSync(join(project.directory, 'target'), copy, { recursive: true })
    const path = join(copy, 'manifest.json')
    writeFileSync(path, change(readFileSync(path, 'utf8')))
    return copy
  }

  test('of another version of the package, whose statements are the same: no change', async () => {
    const folder = await manifestOf(text =>
      text.replaceAll(/"package_version": "[^"]+"/g, '"package_version": "0.0.9"'),
    )
    assert.deepEqual(await changes(base, folder), [])
  })

  test('whose words for what statements are for are others, and nothing else: no change', async () => {
    const folder = await manifestOf(text => {
      const changed = text.replaceAll('"purpose": "write the rows of ', '"purpose": "fill in ')
      assert.notEqual(changed, text)
      return changed
    })
    assert.deepEqual(await changes(base, folder), [])
  })

  test('of another version of the package, with another statement: the package is the cause', async () => {
    const folder = await manifestOf(text => {
      const manifest = JSON.parse(text) as {
        targets: Record<
          string,
          { package_version: string; nodes: { name: string; statements: Record<string, string>[] }[] }
        >
      }
      for (const target of Object.values(manifest.targets)) {
        target.package_version = '0.0.9'
        const statement = target.nodes.find(({ name }) => name === 'full')?.statements.at(-1)
        assert.ok(statement)
        statement['sql'] = 'select 2 as two'
      }
      return JSON.stringify(manifest)
    })
    const found = await changes(base, folder)
    assert.deepEqual(
      found.map(({ node }) => node),
      ['full postgres', 'full redshift', 'full snowflake'],
    )
    for (const { causes } of found) assert.match(causes, /^seshat-sql 0\.0\.9 -> /)
  })

  for (const [what, text, message] of [
    ['no JSON', '{', /is no JSON/],
    ['a list', '[]', /is of format undefined, and this version reads 4/],
    ['null', 'null', /is of format undefined/],
    ['of another format', '{"version": 1}', /is of format 1, and this version reads 4/],
    [
      'not whole',
      '{"version": 4, "project": "t", "lineage": "unknown", "targets": {"a": {"adapter": 7}}}',
      /targets\.a\.adapter/,
    ],
  ] as const)
    test(`whose manifest is ${what}: bad-manifest`, async () => {
      const { directory } = temporaryProject({ 'manifest.json': text })
      const { code, stderr } = await base.seshat('diff', '--base', directory)
      assert.equal(code, 2)
      assert.match(stderr, /^error\[bad-manifest\]/)
      assert.match(stderr, message)
    })
})
