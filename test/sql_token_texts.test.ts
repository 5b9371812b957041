// The texts of tokens, which one pattern finds in plain SQL: whatever the text, they are those of reading it letter by letter.

import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { tokenTextsOf } from '../compiler/sql_token_texts.js'
import { tokensOf } from '../compiler/sql_tokens.js'

const pieces = [
  ...'abe_$.,;()[]{}\'"+-*/%^<>=!|&:#@~?\\0189 \n\t',
  ...[
    '--',
    '/*',
    '*/',
    '$$',
    '$a$',
    "''",
    '""',
    '::',
    '->>',
    '1e5',
    '.5',
    '1.',
    'E',
    "e'",
    'É',
    '→',
    '\u00a0',
    '\u2028',
  ],
  ...['\u0001', '\u0002', '\u0004', '\u0001ref orders\u0001', '\u0002limit x\u0004'],
  ...['select', 'FROM', 'create', 'table', 'view', 'drop', 'schema', 'exists', 'with', 'as', 'to'],
  ...['derived', 'scratch', 'derived.', "'derived.", 'daily_orders', 'daily_orders_rows', 'some_orders'],
]
const sql = fc.array(fc.constantFrom(...pieces), { maxLength: 24 }).map(parts => parts.join(''))

test('texts of tokens: those that the tokens with their places have', () => {
  fc.assert(
    fc.property(sql, fc.boolean(), (text, escapes) => {
      assert.deepEqual(
        tokenTextsOf(text, escapes),
        tokensOf(text, escapes).map(token => token.text),
      )
    }),
    { numRuns: 20_000 },
  )
})

test('texts of tokens: one that is not closed goes on to the end, a backslash before its last quote or not', () => {
  assert.deepEqual(tokenTextsOf("a '\\'", true), ['a', "'\\'"])
  assert.deepEqual(tokenTextsOf("a 'b", false), ['a', "'b"])
})
