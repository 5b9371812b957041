// The example files for schedulers: each can be read by what reads it, and the script for cron does with each exit code what it
// says, tried with a command in the place of Seshat that ends as it is told.

import assert from 'node:assert/strict'
import { spawnSync } from 'node:child_process'
import { chmodSync, copyFileSync, existsSync, mkdirSync, readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, test } from 'node:test'
import { parseDocument } from 'yaml'
import { packageDirectory } from './command_line.js'
import { pythonFault } from './docs_python.js'
import { temporaryProject } from './support.js'

const folder = join(packageDirectory, 'docs', 'schedule')
const textOf = (file: string): string => readFileSync(join(folder, file), 'utf8')

test('files for schedulers: all of the folder are known here', () => {
  assert.deepEqual(readdirSync(folder).sort(), [
    'crontab',
    'github-nightly.yml',
    'run-seshat',
    'seshat_dag.py',
  ])
})

test('files for schedulers: can be read by what reads them', () => {
  const document = parseDocument(textOf('github-nightly.yml'), { strict: true, uniqueKeys: true })
  assert.deepEqual([...document.errors, ...document.warnings], [])
  assert.equal(pythonFault(textOf('seshat_dag.py')), '')
  const { status, stderr } = spawnSync('bash', ['-n', join(folder, 'run-seshat')], { encoding: 'utf8' })
  assert.equal(status, 0, stderr)
  const lines = textOf('crontab')
    .split('\n')
    .filter(line => line !== '' && !line.startsWith('#'))
  for (const line of lines) assert.match(line, /^([A-Z_]+=|(\S+ ){5}cd )/)
})

describe('run-seshat', () => {
  /** @param codes how the calls of seshat end, one after another */
  const run = (codes: readonly number[], environment: Readonly<Record<string, string>> = {}) => {
    const { directory, write } = temporaryProject({
      codes: `${codes.join('\n')}\n`,
      'node_modules/.bin/seshat':
        '#!/bin/sh\necho "$@" >> calls\ncode=$(head -n 1 codes)\nsed -i 1d codes\necho "ends with $code"\nexit "$code"\n',
    })
    mkdirSync(join(directory, 'elsewhere'))
    copyFileSync(join(folder, 'run-seshat'), join(directory, 'run-seshat'))
    for (const file of ['run-seshat', 'node_modules/.bin/seshat']) chmodSync(join(directory, file), 0o755)
    write({ 'package.json': '{}' })
    const { status } = spawnSync(join(directory, 'run-seshat'), ['--select', 'sessions+'], {
      cwd: join(directory, 'elsewhere'),
      env: { ...process.env, SESHAT_PAUSE: '0', SESHAT_ALERT: 'cat > alert', ...environment },
    })
    const read = (file: string): string | undefined =>
      existsSync(join(directory, file)) ? readFileSync(join(directory, file), 'utf8') : undefined
    const calls = (read('calls') ?? '').trimEnd().split('\n')
    return {
      status,
      calls: calls.map(call => call.replace(' --wait 10m', '').replace(' --no-color', '')),
      alert: read('alert'),
    }
  }
  const first = 'run --select sessions+'

  test('all is well: runs, tests, and tells nobody', () => {
    assert.deepEqual(run([0, 0]), { status: 0, calls: [first, 'test'], alert: undefined })
  })

  test('another run holds the lock: waits for it as long as it may', () => {
    const { status, calls, alert } = run([3], { SESHAT_WAIT: '30s' })
    assert.deepEqual([status, calls], [3, ['run --wait 30s --select sessions+']])
    assert.match(
      alert ?? '',
      /^seshat run --select sessions\+ on \S+ ended with exit code 3:\nends with 3\n$/,
    )
  })

  test('a model failed: is tried once more, and what is left is told', () => {
    assert.deepEqual(run([1, 0, 0]), { status: 0, calls: [first, 'retry', 'test'], alert: undefined })
    const { status, calls, alert } = run([1, 1])
    assert.deepEqual([status, calls], [1, [first, 'retry']])
    assert.match(alert ?? '', /exit code 1:\nends with 1\n$/)
  })

  test('a test failed, or the project is wrong: is told at once', () => {
    assert.deepEqual(run([0, 1]).calls, [first, 'test'])
    const { status, calls, alert } = run([2])
    assert.deepEqual([status, calls], [2, [first]])
    assert.match(alert ?? '', /exit code 2/)
  })
})
