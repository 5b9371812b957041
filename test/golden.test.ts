// Golden SQL: everything that the demo's run would execute, per adapter, as files to review like code.
// UPDATE_GOLDEN=1 writes them anew; a file that is missing or left over fails.

import assert from 'node:assert/strict'
import { cpSync, mkdirSync, readdirSync, readFileSync, rmSync } from 'node:fs'
import { join, relative } from 'node:path'
import { test } from 'node:test'
import { packageDirectory, runCli } from './command_line.js'
import { temporaryProject } from './support.js'

const golden = join(packageDirectory, 'test', 'golden')

function sqlFiles(folder: string): ReadonlyMap<string, string> {
  mkdirSync(folder, { recursive: true })
  const files = readdirSync(folder, { recursive: true, withFileTypes: true }).filter(entry => entry.isFile())
  const paths = files.map(entry => join(entry.parentPath, entry.name)).sort()
  return new Map(paths.map(path => [relative(folder, path), readFileSync(path, 'utf8')]))
}

const variants = [
  { name: 'demo', words: [] },
  { name: 'demo-full-refresh', words: ['--full-refresh', '--select', 'sessions+'] },
  {
    name: 'demo-variables',
    words: [
      '--vars',
      '{entropy: _test, sessions: {upsert_lookback_days: null, cleanup_mode: debug, ends_run: false}, users: {cleanup_mode: trace}}',
    ],
  },
] as const

for (const { name, words } of variants) {
  test(`compile: the SQL of ${name} is the reviewed one`, async () => {
    const { directory } = temporaryProject({})
    cpSync(join(packageDirectory, 'demo'), directory, {
      recursive: true,
      filter: path => !/\/(target|\.seshat)$/.test(path),
    })
    const { code, stderr } = await runCli(['compile', '--all-adapters', ...words], directory)
    assert.equal(code, 0, stderr)
    const compiled = join(directory, 'target', 'compiled')
    if (process.env['UPDATE_GOLDEN']) {
      rmSync(join(golden, name), { recursive: true, force: true })
      cpSync(compiled, join(golden, name), { recursive: true })
    }
    const expected = sqlFiles(join(golden, name))
    const actual = sqlFiles(compiled)
    assert.deepEqual(
      [...actual.keys()],
      [...expected.keys()],
      'the files; update with UPDATE_GOLDEN=1 npm test',
    )
    for (const [path, text] of expected) assert.equal(actual.get(path), text, `${name}/${path}`)
  })
}
