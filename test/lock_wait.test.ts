// --wait: a command that finds the lock held says once for whom it waits, goes on as soon as it is free, gives up when the time is
// up, and can be interrupted. With the real command line, against a lock that this process holds.

import assert from 'node:assert/strict'
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { existsSync, mkdirSync, realpathSync } from 'node:fs'
import { join } from 'node:path'
import { describe, test } from 'node:test'
import { setTimeout as sleep } from 'node:timers/promises'
import { lockDirectory } from '../adapters/embedded/lock.js'
import { packageDirectory } from './command_line.js'
import { connectTo } from './module_runs.js'
import { databases, sessionsAndUsers, type TestProject, temporaryProject } from './support.js'

const files = { 'models/quick.sql': "{{ config(materialized='table') }}\nselect 1 as n" }
const cli = join(packageDirectory, 'dist', 'compiler', 'start_bundle.cjs')

interface Place {
  readonly name: string
  /** A project, and a lock on its tables that is held until it is released. */
  open(): Promise<{ project: TestProject; release(): Promise<void>; close(): Promise<void> }>
}

const embedded: Place = {
  name: 'embedded',
  async open() {
    const project = temporaryProject({ 'seshat.yml': `name: t\n${sessionsAndUsers}`, ...files })
    const directory = join(realpathSync(project.directory), '.seshat', 'db')
    mkdirSync(directory, { recursive: true })
    const lock = lockDirectory(directory, 'seshat run etl-1:4711', () => undefined)
    return { project, release: async () => lock.release(), close: async () => undefined }
  },
}
const servers: readonly Place[] = databases
  .filter(({ name }) => name === 'Postgres')
  .map(({ name, open }) => ({
    name,
    async open() {
      const database = await open()
      const project = temporaryProject({
        'seshat.yml': `name: t\nprofile: test\n${sessionsAndUsers}`,
        'profiles.yml': database.profiles,
        ...files,
      })
      const holder = await connectTo(database)
      const lock = await holder.lock([{ schema: 'derived', name: 'output' }], 'run')
      const close = async (): Promise<void> => {
        await holder.close()
        await database.close()
      }
      return { project, release: () => lock.release(), close }
    },
  }))

for (const place of [embedded, ...servers])
  describe(`--wait, ${place.name}`, { timeout: 300_000 }, () => {
    /** Starts a run and waits until it says that it waits. */
    const start = async (project: TestProject) => {
      const words = [cli, 'run', '--select', 'quick', '--wait', '1h', '--log-format', 'json']
      const child = spawn(process.execPath, words, { cwd: project.directory })
      const said: string[] = []
      for (const stream of [child.stdout, child.stderr]) stream.on('data', chunk => said.push(String(chunk)))
      while (!said.join('').includes('"waiting_for_lock"')) {
        assert.equal(child.exitCode, null, said.join(''))
        await sleep(50)
      }
      return { child, said }
    }

    test('waits, says once for whom, and goes on when the lock is free', async () => {
      const { project, release, close } = await place.open()
      const { child, said } = await start(project)
      await sleep(1000)
      await release()
      const [code] = (await once(child, 'close')) as [number]
      assert.equal(code, 0, said.join(''))
      const events = said
        .join('')
        .split('\n')
        .filter(line => line.includes('"waiting_for_lock"'))
      assert.equal(events.length, 1)
      const event = JSON.parse(events[0] ?? '') as { who: string; since: string; seconds: number }
      assert.match(event.who, /^(seshat run, process \d+ on |seshat tests)/)
      assert.match(event.since, /^\d{4}-\d\d-\d\d \d\d:\d\d:\d\d UTC$/)
      assert.equal(event.seconds, 3600)
      await close()
    })

    test('exits with 3 and the same words when the time is up, or at once without it; writes nothing', async () => {
      const { project, close } = await place.open()
      const refused = await project.seshat('run', '--select', 'quick')
      const late = await project.seshat('run', '--select', 'quick', '--wait', '1s')
      assert.equal(refused.code, 3, refused.stderr)
      assert.equal(late.code, 3, late.stderr)
      assert.match(refused.stderr, /^error\[locked\]: Another command holds the lock that run needs: seshat /)
      assert.match(refused.stderr, /= Wait for it with --wait 10m, /)
      assert.equal(late.stderr, refused.stderr)
      assert.match(late.stdout, /^waiting for seshat /m)
      assert.ok(!existsSync(join(project.directory, 'target')))
      await close()
    })

    test('SIGINT: ends the waiting with 130, and leaves the results of others alone', async () => {
      const { project, close } = await place.open()
      const { child, said } = await start(project)
      child.kill('SIGINT')
      const [code] = (await once(child, 'close')) as [number]
      assert.equal(code, 130, said.join(''))
      assert.match(said.join(''), /"code":"interrupted"/)
      assert.ok(!existsSync(join(project.directory, 'target', 'run_results.json')))
      await close()
    })
  })

test('--wait: a time without a unit is refused with an example', async () => {
  const project = temporaryProject({ 'seshat.yml': `name: t\n${sessionsAndUsers}` })
  const { code, stderr } = await project.seshat('run', '--wait', '10')
  assert.equal(code, 2)
  assert.match(stderr, /a number with its unit: 30s, 10m, 1h/)
})
