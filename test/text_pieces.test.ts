// The pieces of a text make it, and no letter is cut.

import assert from 'node:assert/strict'
import { test } from 'node:test'
import { piecesOf } from '../compiler/text_pieces.js'

for (const [what, text] of [
  ['none', ''],
  ['one', 'a'],
  ['many', 'abcdefghij'.repeat(250_001)],
  ['letters of two halves', `a${'🜚'.repeat(1_200_000)}`],
] as const)
  test(`pieces: those of a text make it, ${what}`, () => {
    const pieces = [...piecesOf(text)]
    assert.ok(pieces.join('') === text)
    assert.ok(pieces.every(piece => piece.length <= 1_000_001 && !/[\ud800-\udbff]$/.test(piece)))
  })
