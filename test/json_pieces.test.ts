// A value in pieces is the JSON that it is as one text, however far it is taken apart; so is a manifest.

import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'
import fc from 'fast-check'
import { indentedJson, jsonPieces } from '../compiler/json_pieces.js'
import { recordOf } from '../compiler/records.js'
import { temporaryProject } from './support.js'

const seeded = { seed: 20_240_101, numRuns: 500 }

for (const indented of [false, true])
  test(`JSON in pieces: whatever the value, and however many levels are taken apart${indented ? ', indented' : ''}`, () => {
    fc.assert(
      fc.property(fc.jsonValue({ maxDepth: 4 }), fc.nat(5), (value, levels) => {
        const pieces = [...jsonPieces(value, levels, { indented })]
        assert.equal(pieces.join(''), JSON.stringify(value, null, indented ? 1 : 0))
      }),
      seeded,
    )
  })

test('JSON in pieces: what is undefined is left out of objects, and null in lists', () => {
  const value = { a: undefined, b: [undefined, { c: undefined }], d: 1 }
  for (const levels of [0, 1, 2, 3])
    assert.equal([...jsonPieces(value, levels)].join(''), JSON.stringify(value))
})

test('JSON in pieces: a list is made while it is written, an object may be one without a prototype', () => {
  const count = 450
  let made = 0
  function* list(): Generator<{ readonly n: number }> {
    while (made < count) yield { n: made++ }
  }
  const record = recordOf([['list', list()]] as const)
  const madeBefore: number[] = []
  let text = ''
  for (const piece of jsonPieces(record, 2)) {
    if (made > (madeBefore.at(-1) ?? 0)) madeBefore.push(made)
    text += piece
  }
  assert.deepEqual(madeBefore, [200, 400, 450])
  const items = Array.from({ length: count }, (_, n) => ({ n }))
  assert.equal(text, JSON.stringify({ list: items }))
})

test('JSON in pieces: a value some levels deep reads as it stands there', () => {
  fc.assert(
    fc.property(fc.jsonValue(), fc.nat(5), (value, depth) => {
      const shifted = JSON.stringify(value, null, 1).replaceAll('\n', `\n${' '.repeat(depth)}`)
      assert.equal(indentedJson(value, depth), shifted)
    }),
    seeded,
  )
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
