// Named selections of seshat.yml: what they hold, alone and in the grammar, and what is said of those that are wrong.

import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import type { CommandResult } from './command_line.js'
import { sessionsAndUsers, temporaryProject } from './support.js'

const asTable = "{{ config(materialized='table', tags=['weekly']) }}"
const models = {
  'models/first.sql': `${asTable}\nselect s.domain_sessionid from {{ ref('sessions') }} as s`,
  'models/second.sql': `${asTable}\nselect f.domain_sessionid from {{ ref('first') }} as f`,
  'models/third.sql': "select s.domain_sessionid from {{ ref('second') }} as s",
  'models/alone.sql': 'select 1 as n',
}
const settings = (selectors: string): Readonly<Record<string, string>> => ({
  'seshat.yml': `name: t\n${sessionsAndUsers}selectors:\n${selectors}`,
  ...models,
})
const project = temporaryProject(
  settings(`  weekly: tag:weekly
  listed: [first, alone third]
  nightly:
    description: All of sessions but what the weekly ones do.
    select: [sessions+, alone]
    exclude: [module:users, selector:weekly+]
  ends: {select: sessions.complete users.complete}
  both: selector:weekly selector:ends
  most: selector:{weekly,listed}
  hasty: {select: module:sessions, exclude: third}
`),
)

const cases: readonly (readonly [words: readonly string[], expected: readonly string[]])[] = [
  [
    ['--selector', 'weekly'],
    ['first', 'second'],
  ],
  [
    ['--select', 'selector:weekly'],
    ['first', 'second'],
  ],
  [
    ['--select', 'selector:listed'],
    ['first', 'third', 'alone'],
  ],
  [['--select', 'selector:listed,selector:weekly'], ['first']],
  [
    ['--select', 'selector:weekly+1'],
    ['first', 'second', 'third'],
  ],
  [
    ['--selector', 'both'],
    ['first', 'second', 'sessions.complete', 'users.complete'],
  ],
  [
    ['--selector', 'most'],
    ['first', 'second', 'third', 'alone'],
  ],
  [
    ['--selector', 'most', '--exclude', 'selector:weekly'],
    ['third', 'alone'],
  ],
  [
    ['--selector', 'nightly'],
    [
      'sessions.setup',
      'sessions_batch',
      'sessions_this_run',
      'sessions',
      'sessions_userid_manifest_staged',
      'sessions.commit',
      'alone',
    ],
  ],
]

describe('selectors', { concurrency: 2 }, () => {
  for (const [words, expected] of cases) {
    test(`${words.join(' ')}: ${expected.join(', ')}`, async () => {
      const { stdout, stderr } = await project.seshat('ls', ...words, '--exclude', 'resource_type:test')
      assert.deepEqual(stdout.trim().split('\n'), expected, stderr)
    })
  }

  test('selector: a reader that it leaves out while complete runs is warned of by name', async () => {
    const { stderr, code } = await project.seshat('compile', '--adapter', 'postgres', '--selector', 'hasty')
    assert.equal(code, 0, stderr)
    assert.match(
      stderr,
      /^warning\[reader-excluded\]: sessions.complete will remove what third would have read/,
    )
  })

  test('--selector: not together with --select', async () => {
    const { code, stderr } = await project.seshat('ls', '--selector', 'weekly', '--select', 'first')
    assert.equal(code, 2)
    assert.match(stderr, /cannot be used with option/)
  })

  const faults: readonly (readonly [
    what: string,
    selectors: string,
    words: readonly string[],
    text: string,
  ])[] = [
    [
      'a circle is told with its path, used or not',
      '  a: selector:b first\n  b:\n    - alone\n    - selector:c+\n  c: {select: first, exclude: 2+selector:a}\n',
      [],
      `error[selector-cycle]: selectors go round in a circle: a -> b -> c -> a
  --> seshat.yml:4:3
    |
  4 |   a: selector:b first
    |   ^
  --> seshat.yml:5:3 (b)
    |
  5 |   b:
    |   ^
  --> seshat.yml:8:3 (c)
    |
  8 |   c: {select: first, exclude: 2+selector:a}
    |   ^
  = Take one of them out of the other.
`,
    ],
    [
      'words that are no selection are told with their line, used or not',
      '  a: [first, tg:weekly]\n',
      [],
      `error[bad-selector]: 'tg:' is no way to select
  --> seshat.yml:4:14
    |
  4 |   a: [first, tg:weekly]
    |              ^^^^^^^^^
  = Did you mean 'tag:'?
`,
    ],
    [
      'a name that selects nothing is told with its line when it is used',
      '  a: {select: first, exclude: frist}\n',
      ['--selector', 'a'],
      `error[nothing-selected]: 'frist' selects nothing
  --> seshat.yml:4:31
    |
  4 |   a: {select: first, exclude: frist}
    |                               ^^^^^
  = Did you mean 'first'?
`,
    ],
    [
      'an unknown one in seshat.yml',
      '  weekly: first\n  b: selector:weakly\n',
      [],
      `error[unknown-selector]: there is no selector 'weakly'
  --> seshat.yml:5:6
    |
  5 |   b: selector:weakly
    |      ^^^^^^^^^^^^^^^
  = Did you mean 'weekly'?
`,
    ],
    [
      'an unknown one on the command line',
      '  weekly: first\n',
      ['--selector', 'nightly'],
      `error[unknown-selector]: there is no selector 'nightly'
  = There are weekly.
`,
    ],
    [
      'a value that is none',
      '  a: {selekt: first}\n',
      [],
      `error[bad-value]: 'selectors.a' must be words, a list of words, or {select: ..., exclude: ..., description: ...}
  --> seshat.yml:4:6
    |
  4 |   a: {selekt: first}
    |      ^^^^^^^^^^^^^^^
  = Correct it; docs/reference/config.md has every key with its values.
`,
    ],
    [
      'a committed table that it would leave out',
      '  a:\n    select: sessions\n    exclude: sessions_userid_manifest_staged\n',
      ['--selector', 'a'],
      `error[cannot-exclude]: sessions_userid_manifest_staged cannot be left out: a module is set up and committed as a whole
  --> seshat.yml:4:3
    |
  4 |   a:
    |   ^
  = Leave out the module, or use stage_next and skip_derived to say which tables it writes.
`,
    ],
  ]
  for (const [what, selectors, words, text] of faults) {
    test(`selector: ${what}`, async () => {
      const result: CommandResult = await temporaryProject(settings(selectors)).seshat('ls', ...words)
      assert.equal(result.stderr, text)
      assert.equal(result.code, 2)
    })
  }
})
