// What is taken out of a text that may hold secrets: every form in which one could come back, and nothing else.

import assert from 'node:assert/strict'
import { test } from 'node:test'
import { error } from '../compiler/diagnostics.js'
import { createReporter, type Reporter } from '../compiler/reporter.js'
import { hiding, withCleanTexts } from '../compiler/secrets.js'

const awkward = `p%@s:/w'o"r\\d $& .*+?[x](y)|{z}^`

const told: readonly (readonly [what: string, secrets: readonly string[], text: string, shown: string])[] = [
  ['as it is', [awkward], `no luck with ${awkward}!`, 'no luck with ***!'],
  ['as JSON has it', [awkward], `{"password":"p%@s:/w'o\\"r\\\\d $& .*+?[x](y)|{z}^"}`, '{"password":"***"}'],
  [
    'in a URL',
    [awkward],
    "postgres://ada:p%25%40s%3A%2Fw'o%22r%5Cd%20%24%26%20.*%2B%3F%5Bx%5D(y)%7C%7Bz%7D%5E@db/web",
    'postgres://ada:***@db/web',
  ],
  [
    'in a form',
    [awkward],
    'password=p%25%40s%3A%2Fw%27o%22r%5Cd+%24%26+.*%2B%3F%5Bx%5D%28y%29%7C%7Bz%7D%5E&x=1',
    'password=***&x=1',
  ],
  ['in a literal of SQL', ["it's me"], "password 'it''s me'", "password '***'"],
  ['in the base64 of more', ['planted-s3cret'], 'Basic YWRhOnBsYW50ZWQtczNjcmV0', 'Basic YWRhOn***'],
  ['in letters of the other case', ['Planted-User'], 'user PLANTED-USER', 'user ***'],
  [
    'cut off as a name',
    ['n'.repeat(70)],
    `database "${'n'.repeat(63)}" does not exist`,
    'database "***" does not exist',
  ],
  ['without the line end of its file', ['planted-s3cret\n'], 'is planted-s3cret.', 'is ***.'],
  [
    'by a line of many',
    ['-----BEGIN KEY-----\nMIIEvQIBADAN\nBgkqhkiG9w0B\n-----END KEY-----'],
    'got BgkqhkiG9w0B\n  and MIIEvQIBADAN',
    'got ***\n  and ***',
  ],
  ['by a line of many that were written as one', ['first-line\\nsecond-line'], 'is second-line', 'is ***'],
  ['within a longer one', ['abcd', 'abcdefgh'], 'is abcdefgh', 'is ***'],
  ['where two overlap', ['abcdef', 'defghi'], 'abcdefghi abcdef defghi', '*** *** ***'],
  ['twice', ['abcd'], 'abcdabcd, abcd', '***, ***'],
  [
    'when short as a word alone',
    ['pw'],
    "no luck with 'pw' or PW, pwd, _pw",
    "no luck with '***' or ***, pwd, _pw",
  ],
  ['not when of one character', ['a', ' '], 'a b a', 'a b a'],
  ['not where there is none', [], 'a text', 'a text'],
]
for (const [what, secrets, text, shown] of told)
  test(`hiding: a secret is found ${what}`, () => assert.equal(hiding(secrets)(text), shown))

test('withCleanTexts: texts of data at every depth, and neither keys nor numbers', () => {
  const clean = hiding(['event', '5432'])
  assert.deepEqual(
    withCleanTexts({ event: ['an event', { port: 5432, at: 'db:5432' }], none: null }, clean),
    {
      event: ['an ***', { port: 5432, at: 'db:***' }],
      none: null,
    },
  )
})

/** What a reporter of these has written, with blanks and line ends as one: wrapping hides nothing from a reader. */
function written(format: 'text' | 'json', say: (reporter: Reporter) => void): string {
  let all = ''
  const output = { isTTY: true, columns: 34, write: (text: string) => (all += text) }
  const textOf = (): string => `${'x'.repeat(95)} ${secret}`
  const reporter = createReporter({ format, quiet: false, color: true, output, errors: output, textOf })
  reporter.hide([secret, shortLines])
  say(reporter)
  return all.replaceAll(/\u001b\[[\d;]*[mK]/g, '').replaceAll(/\s+/g, ' ')
}
const secret = 'correct horse battery staple'
const shortLines = 'ab\ncdef\ngh'
const fault = error('connection-failed', `no luck with ${secret}`, {
  cause: `given ${shortLines}, and ${secret}`,
  at: { file: 'models/a.sql', line: 1, column: 1, length: 5 },
})
const ways: Readonly<Record<string, (reporter: Reporter) => void>> = {
  'a fault with a frame': reporter => reporter.faults([fault]),
  'a step of debug': reporter =>
    reporter.checked({ step: 'login', status: 'ok', detail: `as the user ${secret} of it` }),
  'a table': reporter => reporter.table({ head: ['a', 'b'], rows: [['a', `it is ${secret}`]], widest: 20 }),
  'what goes on': reporter => {
    reporter.waiting(`opening ${secret}`)
    reporter.say('done', 'done')
  },
  'a line': reporter => reporter.say(`at ${secret}`, 'said', { data: [{ of: secret }] }),
}
for (const [what, say] of Object.entries(ways))
  for (const format of ['text', 'json'] as const)
    test(`reporter: ${what} has no part of a secret in ${format}`, () => {
      assert.doesNotMatch(written(format, say), /correct|horse|battery|staple|cdef/)
    })
