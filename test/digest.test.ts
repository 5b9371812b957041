// The digest of a text is the same whether it is worked out of one piece or of many.

import assert from 'node:assert/strict'
import { createHash } from 'node:crypto'
import { test } from 'node:test'
import { digest } from '../compiler/digest.js'

const ofBytes = (text: string): string => createHash('sha256').update(text).digest('hex').slice(0, 16)

for (const [what, text] of [
  ['short', 'a'],
  ['of many pieces', 'abcdefghij'.repeat(250_001)],
  ['of letters with two halves, of which one lies on a border', `a${'🜚'.repeat(1_200_000)}`],
  ['the same, of which none does', '🜚'.repeat(1_200_000)],
  ['with half a letter on a border', `${'a'.repeat(999_999)}\ud83d${'b'.repeat(9)}`],
] as const)
  test(`digests: a text ${what}`, () => {
    assert.equal(digest(text), ofBytes(text))
    assert.equal(digest(Buffer.from(text)), ofBytes(text))
  })
