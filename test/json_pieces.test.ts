// A value in pieces is the JSON that it is as one text, however far it is taken apart; so is a manifest.

import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'
import fc from 'fast-check'
import { jsonPieces } from '../compiler/json_pieces.js'
import { manifestPieces } from '../compiler/manifest_pieces.js'
import { temporaryProject } from './support.js'

test('JSON in pieces: whatever the value, and however many levels are taken apart', () => {
  fc.assert(
    fc.property(fc.jsonValue({ maxDepth: 4 }), fc.nat(5), (value, levels) => {
      assert.equal([...jsonPieces(value, levels)].join(''), JSON.stringify(value))
    }),
    { seed: 20_240_101, numRuns: 500 },
  )
})

test('JSON in pieces: a part of its own for each entry of the levels that are taken apart', () => {
  const pieces = [...jsonPieces({ models: { a: { x: [1, 2] }, b: {} } }, 2)]
  assert.deepEqual(pieces, ['{"models":', '{"a":', '{"x":[1,2]}', ',"b":', '{}', '}', '}'])
})

test('JSON in pieces: a manifest that was written is what JSON makes of its data', async () => {
  const project = temporaryProject({
    'seshat.yml': 'name: t\nvars: {start_date: 2024-01-01}\n',
    'models/a.sql': 'select 1 as a',
  })
  const { code, stderr } = await project.seshat('compile', '--all-adapters')
  assert.equal(code, 0, stderr)
  const text = readFileSync(join(project.directory, 'target/manifest.json'), 'utf8')
  const data: { readonly targets: object } = JSON.parse(text)
  assert.equal(Object.keys(data.targets).length, 3)
  assert.equal(text, `${JSON.stringify(data, null, 1)}\n`)
})

for (const [what, targets] of [
  ['without targets', {}],
  ['with targets that have no nodes', { a: [], b: [] }],
  ['with one node', { a: [{ name: 'x', columns: [{ name: 'c', type: null }] }] }],
  [
    'with some in each target, and texts like its borders',
    { a: [{ name: '\u0001' }, { name: 'y' }], b: [{ name: '\n    "' }] },
  ],
] as const)
  test(`JSON in pieces: a manifest ${what}`, () => {
    const state = {
      version: 3,
      project: '\u0001',
      targets: Object.fromEntries(
        Object.entries(targets).map(([name, nodes]) => [
          name,
          { adapter: 'embedded', yaml: { '\u0001': '\u0001' }, nodes },
        ]),
      ),
    }
    const pieces = manifestPieces(state as unknown as Parameters<typeof manifestPieces>[0])
    assert.equal([...pieces].join(''), `${JSON.stringify(state, null, 1)}\n`)
  })
