// Digests of statements, which take short cuts for plain SQL and for statements that differ by a name: whatever the text, they are
// those of reading each statement as a whole, token by token.

import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { tokenTextsOf } from '../compiler/sql_token_texts.js'
import { tokensOf } from '../compiler/sql_tokens.js'
import { type Naming, StatementDigests } from '../compiler/statement_state.js'

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
  ...[
    'derived',
    'scratch',
    'derived.',
    "'derived.",
    'daily_orders',
    'daily_orders_rows',
    'some_orders',
    'qsomethingnamed',
  ],
]
const sql = fc.array(fc.constantFrom(...pieces), { maxLength: 24 }).map(parts => parts.join(''))

const naming = (entropy: string, backslashEscapes: boolean): Naming => ({
  values: {},
  schemas: new Map([
    ['derived', '@output_schema'],
    ['scratch', '@scratch_schema'],
    ['the_daily_orders', '@input_schema'],
  ]),
  entropy,
  tables: new Set(['daily_orders', 'some_orders']),
  backslashEscapes,
  digest: `${entropy} ${backslashEscapes}`,
})

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

test('digests of statements that differ by a name: those of each by itself', () => {
  const names = [
    'daily_orders',
    'some_orders',
    'the_daily',
    'derived_orders',
    'e1_orders',
    'orders',
    'analyze',
  ]
  fc.assert(
    fc.property(
      fc.array(sql, { minLength: 1, maxLength: 4 }),
      sql,
      fc.constantFrom('', '_x'),
      fc.boolean(),
      (texts, condition, entropy, escapes) => {
        const own = naming(entropy, escapes)
        const shared = new StatementDigests()
        for (const text of texts)
          for (const name of names) {
            const renamed = (part: string): string => part.replaceAll('daily_orders', name)
            const needs = [{ name: `scratch.${name}`, there: true }]
            const statement = { purpose: 'test', sql: renamed(text), needs, onlyIf: [renamed(condition)] }
            // A module may be called as its table is.
            const batch = { transaction: false, when: { module: name, finds: 'something' } as const }
            assert.deepEqual(
              shared.of(statement, batch, own, name),
              new StatementDigests().of(statement, batch, own, 'a name that is nowhere'),
            )
          }
      },
    ),
    {
      numRuns: 3_000,
      // What each of the conditions for a short cut is for.
      examples: [
        [['select * from daily_orders_orders.x'], '', '', false],
        [["select 'daily_orders_x'"], '', '_x', false],
        [['daily_orders \u0001 daily_orders', 'daily_orders daily_orders daily_orders'], '', '', false],
        [['select 1.daily_orders'], '', '', false],
        [['daily_orders x'], '', '', false],
        [['select qsomethingnamed, daily_orders'], '', '', false],
      ],
    },
  )
})
