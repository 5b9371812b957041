// The code that V8 made of the bundle is kept beside it, saves time and never decides anything: what a command says is the same with
// it, without it, where it is damaged or of another bundle, and where nothing can be kept.

import assert from 'node:assert/strict'
import { execFile } from 'node:child_process'
import {
  cpSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  utimesSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { execPath } from 'node:process'
import { after, beforeEach, describe, test } from 'node:test'
import { packageDirectory } from './command_line.js'

const root = mkdtempSync(join(tmpdir(), 'seshat-code-'))
after(() => rmSync(root, { recursive: true, force: true }))
const installed = join(root, 'seshat-sql')
const code = join(installed, 'dist/code')
const bundle = join(installed, 'dist/bundle/seshat.js')
const project = join(root, 'project')

/** The package as it is installed: no command was called yet. */
beforeEach(() => {
  rmSync(installed, { recursive: true, force: true })
  for (const path of [
    'package.json',
    'models',
    'macros',
    'dist/package_data.json',
    'dist/adapters',
    'dist/bundle',
    'dist/compiler',
  ])
    cpSync(join(packageDirectory, path), join(installed, path), { recursive: true })
  symlinkSync(join(packageDirectory, 'node_modules'), join(installed, 'node_modules'))
  rmSync(project, { recursive: true, force: true })
  mkdirSync(project)
  writeFileSync(join(project, 'seshat.yml'), 'name: t\nvars: {start_date: 2024-01-01}\n')
})

interface Said {
  readonly exitCode: number
  readonly out: string
  readonly errors: string
}

const called = (script: string, words: readonly string[]): Promise<Said> =>
  new Promise(resolve => {
    const line = [join(installed, 'dist/compiler', script), ...words]
    execFile(execPath, line, { cwd: project }, (cause, out, errors) =>
      resolve({ exitCode: cause ? Number(cause.code) : 0, out, errors }),
    )
  })

const seshat = (...words: readonly string[]): Promise<Said> => called('start_bundle.cjs', words)

const keptFiles = (): readonly string[] => readdirSync(code).map(name => join(code, name))

function onlyFile(): string {
  const [file, ...others] = keptFiles()
  assert.ok(file && others.length === 0, keptFiles().join())
  return file
}

/** The commands of which there is code. */
const commands = (): readonly string[] =>
  readdirSync(code)
    .map(name => name.replace(/^[0-9a-f]+\.(\w+)\.bin$/, '$1'))
    .sort()

/** Puts the file in the past, so that writing it again shows. */
function aged(file: string): number {
  utimesSync(file, 1, 1)
  return statSync(file).mtimeMs
}

describe('code that is kept', () => {
  test('is written by the first call of a command, and taken by V8 from then on', async () => {
    const first = await seshat('ls')
    assert.deepEqual({ exitCode: first.exitCode, errors: first.errors }, { exitCode: 0, errors: '' })
    assert.match(first.out, /^sessions_this_run$/m)
    const file = onlyFile()
    assert.deepEqual(commands(), ['ls'])
    const time = aged(file)
    assert.deepEqual(await seshat('ls'), first)
    // What V8 does not take is written anew.
    assert.equal(statSync(onlyFile()).mtimeMs, time)
  })

  test('is taken where the command is called by its old path, too', async () => {
    const first = await seshat('ls')
    const time = aged(onlyFile())
    assert.deepEqual(await called('cli.js', ['ls']), first)
    assert.equal(statSync(onlyFile()).mtimeMs, time)
  })

  test('is that of the command', async () => {
    await seshat('ls')
    await seshat('compile')
    await seshat('__complete', 'r')
    assert.deepEqual(commands(), ['compile', 'complete', 'ls'])
  })

  test('is not that of words that are no command', async () => {
    const wrong = await seshat('compose')
    assert.equal(wrong.exitCode, 2)
    assert.match(wrong.errors, /unknown command 'compose'/)
    assert.equal((await seshat('../ls')).exitCode, 2)
    assert.equal((await seshat('--version')).exitCode, 0)
    assert.throws(commands, { code: 'ENOENT' })
  })

  for (const [what, damage] of [
    [
      'a byte of it is another',
      (bytes: Buffer) =>
        bytes.fill(bytes[bytes.length >> 1] === 7 ? 8 : 7, bytes.length >> 1, (bytes.length >> 1) + 1),
    ],
    ['it is cut off', (bytes: Buffer) => bytes.subarray(0, bytes.length >> 1)],
    ['nothing is in it', () => Buffer.alloc(0)],
  ] as const)
    test(`is made anew where ${what}`, async () => {
      const first = await seshat('ls')
      const file = onlyFile()
      const whole = readFileSync(file)
      writeFileSync(file, damage(Buffer.from(whole)))
      assert.deepEqual(await seshat('ls'), first)
      const time = aged(onlyFile())
      assert.deepEqual(await seshat('ls'), first)
      assert.equal(statSync(file).mtimeMs, time)
    })

  test('is not taken for a bundle that was changed, though it is as long', async () => {
    assert.match((await seshat('compile')).out, /^Compiled /)
    const text = readFileSync(bundle, 'utf8')
    const changed = text.replace('`Compiled $', '`Combined $')
    assert.notEqual(changed, text)
    writeFileSync(bundle, changed)
    rmSync(join(project, 'target'), { recursive: true })
    assert.match((await seshat('compile')).out, /^Combined /)
  })

  test('is written whole by each of several at once', async () => {
    const all = await Promise.all(['ls', 'ls', 'compile', 'ls', 'compile'].map(word => seshat(word)))
    assert.deepEqual(
      all.map(({ exitCode, errors }) => [exitCode, errors]),
      all.map(() => [0, '']),
    )
    assert.deepEqual(commands(), ['compile', 'ls'])
    const times = keptFiles().map(aged)
    await seshat('ls')
    await seshat('compile')
    assert.deepEqual(
      keptFiles().map(file => statSync(file).mtimeMs),
      times,
    )
  })

  test('is done without where nothing can be written beside the bundle', async () => {
    writeFileSync(code, 'no folder')
    const { exitCode, errors } = await seshat('ls')
    assert.deepEqual({ exitCode, errors }, { exitCode: 0, errors: '' })
    assert.equal(readFileSync(code, 'utf8'), 'no folder')
  })
})

test('the bundle imports what lies outside of it, and nobody is warned of how', async () => {
  const { exitCode, out, errors } = await seshat('check', '--adapter', 'snowflake')
  assert.deepEqual({ exitCode, errors }, { exitCode: 0, errors: '' })
  assert.match(out, /^ok: grammar of snowflake parsed$/m)
})
