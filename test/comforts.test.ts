// What every command has: --dry-run that changes nothing, colours on request, the nearest name for a misspelt one, and an
// end by Ctrl-C that leaves nothing behind.

import assert from 'node:assert/strict'
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { describe, test } from 'node:test'
import { setTimeout as sleep } from 'node:timers/promises'
import { packageDirectory, runCli } from './command_line.js'
import { sessionsAndUsers, type TestProject, temporaryProject } from './support.js'

const settings = `name: t\nprofile: t\n${sessionsAndUsers}`
const profiles = 't:\n  target: dev\n  outputs: {dev: {type: embedded}, production: {type: embedded}}\n'
const newProject = (files: Readonly<Record<string, string>> = {}): TestProject =>
  temporaryProject({ 'seshat.yml': settings, 'profiles.yml': profiles, ...files })

describe('--dry-run', () => {
  const project = newProject({
    'seeds/numbers.csv': 'n\n1\n',
    'models/good.sql': "{{ config(materialized='table') }}\nselect n from {{ ref('numbers') }}",
    'models/bad.sql': "{{ config(materialized='table') }}\nselect n / 0 as n from {{ ref('good') }}",
  })
  const before = readdirSync(project.directory).sort()

  for (const [command, step] of [
    ['run', 'good'],
    ['build', 'numbers'],
    ['seed', 'numbers'],
    ['test', 'sessions_times'],
  ] as const) {
    test(`${command}: lists its steps, makes no database and writes nothing`, async () => {
      const { code, stdout, stderr } = await project.seshat(command, '--dry-run')
      assert.equal(code, 0, stderr)
      assert.match(stdout, new RegExp(`^seshat ${command} would run \\d+ steps? on embedded database in`))
      assert.match(stdout, new RegExp(`^${step} +\\w+ +\\w+ +\\d+$`, 'm'))
      assert.deepEqual(readdirSync(project.directory).sort(), before)
    })
  }

  test('retry: lists what is left, which a retry then still is', async () => {
    assert.equal((await project.seshat('seed')).code, 0)
    assert.equal((await project.seshat('run', '--select', 'good', 'bad')).code, 1)
    const results = join(project.directory, 'target', 'run_results.json')
    const [text, time] = [readFileSync(results, 'utf8'), statSync(results).mtimeMs]
    const { code, stdout } = await project.seshat('retry', '--dry-run', '--log-format', 'json')
    assert.equal(code, 0)
    const told = stdout
      .trim()
      .split('\n')
      .map(line => JSON.parse(line) as { event: string; steps?: readonly { step: string }[] })
    assert.deepEqual(
      told.find(({ event }) => event === 'dry_run')?.steps?.map(({ step }) => step),
      ['bad'],
    )
    assert.deepEqual([readFileSync(results, 'utf8'), statSync(results).mtimeMs], [text, time])
    assert.equal((await project.seshat('retry')).code, 1)
  })
})

describe('colours', () => {
  const colorCode = '\u001b['
  for (const [environment, words, colored] of [
    [{}, [], false],
    [{ FORCE_COLOR: '1' }, [], true],
    [{ FORCE_COLOR: '0' }, [], false],
    [{ FORCE_COLOR: '1', NO_COLOR: '1' }, [], false],
    [{ FORCE_COLOR: '1' }, ['--no-color'], false],
  ] as const) {
    test(`in a pipe, ${JSON.stringify(environment)} ${words.join(' ')}: ${colored ? 'some' : 'none'}`, async () => {
      const { directory } = newProject()
      const { stderr } = await runCli(['compile', '--target', 'nowhere', ...words], directory, {
        NO_COLOR: '',
        ...environment,
      })
      assert.equal(stderr.includes(colorCode), colored)
    })
  }
})

describe('did you mean', () => {
  const project = newProject({ 'models/landing.sql': 'select 1 as n' })
  for (const [words, wanted] of [
    [['compil'], /Did you mean compile\?/],
    [['run', '--ful-refresh'], /Did you mean --full-refresh\?/],
    [['run', '--target', 'prodution'], /Did you mean 'production'\?/],
    [['run', '--select', 'lading'], /Did you mean 'landing'\?/],
    [['show', 'landig'], /Did you mean 'landing'\?/],
    [['destroy', 'sesions'], /Did you mean 'sessions'\?/],
    [['compile', '--adapter', 'postgre'], /Did you mean 'postgres'\?/],
    [['compile', '--vars', '{entropi: _a}'], /Did you mean 'entropy'\?/],
  ] as const) {
    test(`${words.join(' ')}: says ${wanted.source}`, async () => {
      const { code, stderr } = await project.seshat(...words)
      assert.equal(code, 2)
      assert.match(stderr, wanted)
    })
  }
})

describe('Ctrl-C', () => {
  // It takes longer than anybody waits.
  const slow = `with recursive g (n) as (select 1 as n union all select n + 1 from g where n < 2000000000)
select max(n) as n from g`
  const cli = join(packageDirectory, 'dist', 'compiler', 'start_bundle.cjs')
  const lockOf = ({ directory }: TestProject): string => join(directory, '.seshat', 'db.lock')

  async function until(what: () => boolean): Promise<void> {
    for (let waited = 0; !what(); waited += 50) {
      assert.ok(waited < 60_000, 'it did not come to that')
      await sleep(50)
    }
  }

  test('show, while its query runs: ends with 130, says so, and leaves no lock', {
    timeout: 120_000,
  }, async () => {
    const project = newProject({ 'models/slow.sql': `{{ config(materialized='view') }}\n${slow}` })
    assert.equal((await project.seshat('run', '--select', 'slow')).code, 0)
    const child = spawn(process.execPath, [cli, 'show', 'slow'], { cwd: project.directory })
    let errors = ''
    child.stderr.on('data', chunk => (errors += String(chunk)))
    await until(() => existsSync(lockOf(project)))
    await sleep(3_000)
    child.kill('SIGINT')
    const [code] = (await once(child, 'close')) as [number]
    assert.equal(code, 130)
    assert.match(errors, /^error\[interrupted\]/)
    assert.ok(!existsSync(lockOf(project)))
  })

  test('destroy, at its question: ends with 130, drops nothing, and leaves no lock', {
    timeout: 120_000,
  }, async () => {
    const project = newProject({ 'models/kept.sql': "{{ config(materialized='table') }}\nselect 1 as n" })
    assert.equal((await project.seshat('run', '--select', 'kept')).code, 0)
    const words = ['-qec', `'${process.execPath}' '${cli}' destroy sessions`, '/dev/null']
    const child = spawn('script', words, { cwd: project.directory })
    let shown = ''
    child.stdout.on('data', chunk => (shown += String(chunk)))
    await until(() => shown.includes('Drop them? (yes/no)'))
    child.stdin.write('\u0003')
    const [code] = (await once(child, 'close')) as [number]
    assert.equal(code, 130, shown)
    assert.match(shown, /error\[interrupted\]/)
    assert.ok(!existsSync(lockOf(project)))
    assert.match((await project.seshat('show', 'kept', '--output', 'csv')).stdout, /^n\r?\n1\r?\n/)
  })

  test('check: ends with 130 before it is done', { timeout: 120_000 }, async () => {
    const project = newProject({ 'models/kept.sql': 'select 1 as n' })
    const begun = performance.now()
    assert.equal((await project.seshat('check')).code, 0)
    const whole = performance.now() - begun
    const child = spawn(process.execPath, [cli, 'check'], { cwd: project.directory })
    let output = ''
    child.stdout.on('data', chunk => (output += String(chunk)))
    await sleep(whole / 2)
    child.kill('SIGINT')
    const [code] = (await once(child, 'close')) as [number]
    assert.equal(code, 130, output)
  })
})
