// What a template renders to after its texts were edited, told from what it rendered to before: what rendering it gives, or nothing.

import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { readPlainTemplate } from '../compiler/plain_template.js'
import { editedTemplate, printsKnown } from '../compiler/recompile/edited_template.js'
import { referenceHandle } from '../compiler/reference.js'
import { isBlank } from '../compiler/sql_tokens.js'

const path = 'models/m.sql'
const ref = String(referenceHandle('ref', 'a'))

/** Few letters, so that what a call prints is often found elsewhere too. */
const text = fc.string({ unit: fc.constantFrom('x', 'y', ' ', '\n', ';', '-'), maxLength: 6 })
const call = fc.oneof(
  fc.record({ written: fc.constant("{{ config(tags=['t']) }}"), printed: fc.constant('') }),
  fc.record({ written: fc.constant("{{ ref('a') }}"), printed: fc.constant(ref) }),
  fc.record({ written: fc.constantFrom("{{ var('v') }}", '{{ m(1) }}'), printed: text }),
)
const piece = fc.record({ call, before: text, after: text })

/** As parse.ts makes a select of what a template renders to. */
function select(rendered: string): string {
  const trimmed = rendered.trim()
  return trimmed.endsWith(';') ? trimmed.slice(0, -1).trimEnd() : trimmed
}

test('edited templates: what rendering them gives, or nothing', () => {
  let told = 0
  let all = 0
  fc.assert(
    fc.property(fc.array(piece, { maxLength: 4 }), text, text, (pieces, lastBefore, lastAfter) => {
      const of = (which: 'before' | 'after', last: string, how: 'written' | 'printed'): string =>
        pieces.map(entry => entry[which] + entry.call[how]).join('') + last
      const file = { path, text: of('before', lastBefore, 'written') }
      const now = { path, text: of('after', lastAfter, 'written') }
      const sql = select(of('before', lastBefore, 'printed'))
      const isKnown = printsKnown(file.text)
      const found = editedTemplate(file, isKnown ? null : sql, now)
      const expected = select(of('after', lastAfter, 'printed'))
      all += 1
      if (!found) return
      told += 1
      assert.deepEqual([found.was, found.sql], [sql, expected])
      assert.ok(!isBlank(expected))
      const calls = readPlainTemplate(now)?.calls ?? []
      for (const [index, { at }] of (readPlainTemplate(file)?.calls ?? []).entries())
        assert.deepEqual(found.placeOf(at), calls[index]?.at)
    }),
    { numRuns: 3_000 },
  )
  assert.ok(told > all / 8, `${told} of ${all}`)
})

for (const [what, before, now] of [
  ['other calls', "select {{ ref('a') }}", "select {{ ref('b') }}"],
  ['a call more', "select {{ ref('a') }}", "select {{ ref('a') }}{{ ref('a') }}"],
  ['a tag', "select {{ ref('a') }}", "select {% if true %}{{ ref('a') }}{% endif %}"],
  ['a comment', "select {{ ref('a') }}", "select {# #}{{ ref('a') }}"],
] as const)
  test(`edited templates: ${what} is no edit of texts`, () => {
    assert.equal(editedTemplate({ path, text: before }, `select ${ref}`, { path, text: now }), undefined)
  })

test('edited templates: a place without a call is known at the start of the file alone', () => {
  const found = editedTemplate({ path, text: 'select 1' }, 'select 1', { path, text: '\nselect 2' })
  const place = { file: path, line: 1, column: 1, length: 1 }
  assert.deepEqual(found?.placeOf(place), place)
  assert.equal(found?.placeOf({ ...place, line: 2 }), undefined)
})
