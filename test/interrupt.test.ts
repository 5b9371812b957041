// Ctrl-C and the lock, with real processes on an embedded database: the run that is interrupted ends cleanly and soon,
// a second one is told who is in its way, one that was killed is in nobody's.

import assert from 'node:assert/strict'
import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'
import { setTimeout as sleep } from 'node:timers/promises'
import { packageDirectory } from './command_line.js'
import { sessionsAndUsers, type TestProject, temporaryProject } from './support.js'

const slow =
  "{{ config(materialized='table') }}\nselect count(*) as n from generate_series(1, 100000000000) as g"
const quick = "{{ config(materialized='table') }}\nselect 1 as n"

interface Running {
  readonly process: ChildProcess
  output: string
}

/** Starts a run and waits until its slow model is under way. */
async function startSlowRun(project: TestProject): Promise<Running> {
  const cli = join(packageDirectory, 'dist', 'compiler', 'start_bundle.cjs')
  const child = spawn(process.execPath, [cli, 'run', '--select', 'slow', '--log-format', 'json'], {
    cwd: project.directory,
  })
  const running: Running = { process: child, output: '' }
  child.stdout.on('data', chunk => {
    running.output += String(chunk)
  })
  for (let waited = 0; !running.output.includes('"step_started"'); waited += 50) {
    assert.ok(waited < 60_000, `the run did not start: ${running.output}`)
    await sleep(50)
  }
  return running
}

const newProject = (): TestProject =>
  temporaryProject({
    'seshat.yml': `name: t\n${sessionsAndUsers}`,
    'models/slow.sql': slow,
    'models/quick.sql': quick,
  })

for (const [signal, code] of [
  ['SIGINT', 130],
  ['SIGTERM', 143],
] as const) {
  test(`${signal}: while a statement runs, ends with ${code}, says so and leaves no lock`, {
    timeout: 120_000,
  }, async () => {
    const project = newProject()
    const run = await startSlowRun(project)
    const second = await project.seshat('run', '--select', 'quick')
    assert.equal(second.code, 3)
    assert.match(
      second.stderr,
      /^error\[locked\].* that run needs: seshat run, process \d+ on .*, since \d{4}-/,
    )
    run.process.kill(signal)
    const [exitCode] = (await once(run.process, 'close')) as [number]
    assert.equal(exitCode, code, run.output)
    assert.match(run.output, /"code":"interrupted"/)
    assert.ok(!existsSync(join(project.directory, '.seshat', 'db.lock')))
    const next = await project.seshat('run', '--select', 'quick')
    assert.equal(next.code, 0, next.stdout + next.stderr)
  })
}

test('SIGKILL: the lock that a killed run leaves is taken over without hand-work', {
  timeout: 120_000,
}, async () => {
  const project = newProject()
  const run = await startSlowRun(project)
  run.process.kill('SIGKILL')
  await once(run.process, 'close')
  assert.ok(existsSync(join(project.directory, '.seshat', 'db.lock')))
  const next = await project.seshat('run', '--select', 'quick')
  assert.equal(next.code, 0, next.stdout + next.stderr)
})
