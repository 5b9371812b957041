// The documentation does what it says: the commands of every page are executed in order, what they print is what the page
// shows, and every block of YAML, JSON, Python and shell can be read. What cannot be executed is listed here, with reasons.

import assert from 'node:assert/strict'
import { spawnSync } from 'node:child_process'
import { after, before, describe, test } from 'node:test'
import { parseAllDocuments } from 'yaml'
import { examplesNotRun, examplesOf, runExamples } from './docs_examples.js'
import { documentation, type Fence, parsePage, readPage } from './docs_pages.js'
import { emptyPostgres } from './docs_postgres.js'
import { pythonFault } from './docs_python.js'
import { type Installation, install, runPage, shows } from './docs_run.js'
import { knownWords, unknownWords } from './docs_words.js'
import { openTestDatabase } from './support.js'

const pages = documentation.map(readPage)

/** Why a block is not executed here -> how many there are. */
const notRun: Readonly<Record<string, number>> = {
  'it installs packages: CI does so at its beginning': 3,
  'it goes on until Ctrl-C; docs build is executed in the first hour': 1,
  'examples of options: a test executes them in one process': 17,
}

describe('the commands of the documentation', { concurrency: 2 }, () => {
  let installation: Installation
  before(async () => {
    installation = await install()
  })
  after(() => installation.remove())

  for (const page of pages) {
    if (!page.parts.some(({ kind }) => kind === 'commands')) continue
    test(`${page.path}: its commands do what it says`, async () => {
      assert.notEqual(page.begin, '', 'the page does not say where it begins')
      const usesPostgres = page.parts.some(part => part.kind === 'commands' && part.withPostgres)
      const postgres = usesPostgres ? await emptyPostgres() : undefined
      try {
        await runPage(page, installation, postgres?.environment)
      } finally {
        await postgres?.drop()
      }
    })
  }

  test('docs/reference/commands.md: its examples end well, but for those that say why they are not executed', async t => {
    const examples = examplesOf(readPage('docs/reference/commands.md'))
    for (const [example, reason] of Object.entries(examplesNotRun)) {
      assert.ok(examples.includes(example), example)
      t.diagnostic(`${example}: ${reason}`)
    }
    const commands = examples.filter(example => examplesNotRun[example] === undefined)
    t.diagnostic(`${commands.length} of ${examples.length} executed`)
    const server = await openTestDatabase()
    try {
      for (const { command, code, output, errors } of await runExamples(
        commands,
        installation.demo,
        server,
      )) {
        assert.equal(code, 0, `${command}\n${output}${errors}`)
        assert.notEqual(output, '', command)
      }
    } finally {
      await server.close()
    }
  })
})

test('what is not executed: has one of these reasons, and only existing commands and options', t => {
  const counted: Record<string, number> = {}
  for (const { path, parts } of pages)
    for (const part of parts)
      if (part.kind === 'not run') {
        t.diagnostic(`${path}:${part.line}: ${part.reason}`)
        counted[part.reason] = (counted[part.reason] ?? 0) + 1
      }
  assert.deepEqual(counted, notRun)
})

test('the documentation: every seshat command in it, run or not, has a command and options that there are', () => {
  const known = knownWords()
  assert.deepEqual(
    pages.flatMap(({ path, fences }) => unknownWords(path, fences, known)),
    [],
  )
})

test('words of seshat commands: misspelt commands and options are found, texts in quotes are none', () => {
  const text = `seshat rum\nseshat run --selct x --vars '{a: --b}' | tail -n 1\nnpx seshat show sessions -n 3 # --no\n`
  const fence = { line: 3, language: 'sh', path: '', text, above: '' }
  assert.deepEqual(unknownWords('p.md', [fence], knownWords()), [
    'p.md:3: rum in seshat rum',
    "p.md:3: --selct in seshat run --selct x --vars '{a: --b}' | tail -n 1",
  ])
})

describe('blocks of code', () => {
  const blocks = (...languages: readonly string[]): readonly (readonly [where: string, fence: Fence])[] =>
    pages.flatMap(({ path, fences }) =>
      fences
        .filter(({ language }) => languages.includes(language))
        .map(fence => [`${path}:${fence.line}`, fence] as const),
    )

  test('YAML: can be read', () => {
    assert.deepEqual(
      blocks('yaml').flatMap(([where, { text }]) =>
        parseAllDocuments(text, { strict: true, uniqueKeys: true }).flatMap(document =>
          [...document.errors, ...document.warnings].map(({ message }) => `${where}: ${message}`),
        ),
      ),
      [],
    )
  })

  test('JSON: can be read', () => {
    for (const [where, { text }] of blocks('json')) assert.doesNotThrow(() => JSON.parse(text), where)
  })

  test('Python: can be read', () => {
    for (const [where, { text }] of blocks('python')) assert.equal(pythonFault(text), '', where)
  })

  test('shell: can be read', () => {
    for (const [where, { text }] of blocks('sh', 'bash')) {
      const { status, stderr } = spawnSync('bash', ['-n'], { input: text, encoding: 'utf8' })
      assert.equal(status, 0, `${where}: ${stderr}`)
    }
  })

  test('files: their path stands where a reader sees it', () => {
    for (const [where, { path, text, above }] of blocks('sql', 'yaml', 'csv', 'sh', 'text'))
      if (path !== '')
        assert.ok((text.split('\n')[0] ?? '').includes(path) || above.includes(path), `${where} ${path}`)
  })
})

test('shows: cut lines and times may differ, nothing else', () => {
  assert.ok(shows('a 0.10s\n…\nd\n', 'a  12.34s\nb\nc\nd\n'))
  assert.ok(shows('who: … since', 'who: 7 since'))
  assert.ok(!shows('a\nd\n', 'a\nb\nd\n'))
  assert.ok(!shows('a\n…\nd\n', 'a\nb\nd\ne\n'))
  assert.ok(!shows('a.c', 'abc'))
})

test('a page: files, commands with their output, and comments are told apart', () => {
  const text =
    '<!-- run: begin in demo -->\n```sql models/a.sql\nselect 1\n```\n<!-- run first\ngit init\n-->\n<!-- run: exit code 2 -->\n' +
    '```sh\nseshat check\n```\nsays\n```text\nno\n```\n<!-- run: not here, no key -->\n```sh\nx\n```\n'
  const { begin, parts } = parsePage('p.md', text)
  assert.equal(begin, 'demo')
  const none = { exitCode: 0, withPostgres: false }
  assert.deepEqual(parts, [
    { kind: 'file', line: 2, path: 'models/a.sql', text: 'select 1\n' },
    { kind: 'commands', line: 5, script: 'git init\n', ...none },
    { kind: 'commands', line: 9, script: 'seshat check\n', ...none, exitCode: 2, output: 'no\n' },
    { kind: 'not run', line: 17, script: 'x\n', reason: 'no key' },
  ])
  assert.throws(() => parsePage('p.md', '<!-- run: later -->\n```sh\nx\n```\n'), /means nothing/)
})
