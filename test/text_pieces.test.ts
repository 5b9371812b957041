// The pieces of a text make it, and no letter is cut; short texts are put together to pieces that make the same.

import assert from 'node:assert/strict'
import { test } from 'node:test'
import { joined, piecesOf } from '../compiler/text_pieces.js'

for (const [what, text] of [
  ['none', ''],
  ['one', 'a'],
  ['many', 'abcdefghij'.repeat(250_001)],
  ['as many as a piece has', 'a'.repeat(1_000_000)],
  ['letters of two halves', `a${'🜚'.repeat(1_200_000)}`],
] as const)
  test(`pieces: those of a text make it, ${what}`, () => {
    const pieces = [...piecesOf(text)]
    assert.ok(pieces.join('') === text)
    assert.ok(pieces.every(piece => piece.length <= 1_000_001 && !/[\ud800-\udbff]$/.test(piece)))
  })

for (const [what, texts, pieces] of [
  ['none', [], 0],
  ['empty ones', ['', ''], 0],
  ['few', ['a', '', 'b'], 1],
  ['many', Array<string>(250_001).fill('abcdefghij'), 3],
  ['one that is long by itself', ['a', 'b'.repeat(3_000_000), 'c'], 3],
  ['one after the other', ['a'.repeat(400_000), 'b', 'c', 'd'.repeat(400_000)], 3],
] as const)
  test(`pieces: texts put together, ${what}`, () => {
    const found = [...joined(texts)]
    assert.equal(found.length, pieces)
    assert.ok(found.join('') === texts.join(''))
  })
