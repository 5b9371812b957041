// seshat unlock: says who holds the lock on a project's tables, takes it away from those that are gone or once that is
// confirmed, and never from a process that works on an embedded database.

import assert from 'node:assert/strict'
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { existsSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, test } from 'node:test'
import { setTimeout as sleep } from 'node:timers/promises'
import type { Driver, LockKey } from '../adapters/driver.js'
import { leaseLocks } from '../adapters/lease_unlock.js'
import { connectPostgres } from '../adapters/postgres/driver.js'
import { postgresLocks } from '../adapters/postgres/unlock.js'
import { redshiftDialect } from '../adapters/redshift/dialect.js'
import { connectRedshift } from '../adapters/redshift/driver.js'
import { Faults } from '../compiler/diagnostics.js'
import { packageDirectory } from './command_line.js'
import { connectionFrom, pgliteServer } from './driver_servers.js'
import { redshiftEmulation } from './emulation/redshift.js'
import { sessionsAndUsers, type TestProject, temporaryProject } from './support.js'

const slow =
  "{{ config(materialized='table') }}\nselect count(*) as n from generate_series(1, 100000000000) as g"

const projectThatIsSlow = (): TestProject =>
  temporaryProject({ 'seshat.yml': `name: t\n${sessionsAndUsers}`, 'models/slow.sql': slow })

/** A run that is under way. */
async function startRun(project: TestProject) {
  const cli = join(packageDirectory, 'dist', 'compiler', 'start_bundle.cjs')
  const words = [cli, 'run', '--select', 'slow', '--log-format', 'json']
  const child = spawn(process.execPath, words, { cwd: project.directory })
  let output = ''
  child.stdout.on('data', chunk => (output += String(chunk)))
  for (let waited = 0; !output.includes('"step_started"'); waited += 50) {
    assert.ok(waited < 60_000, output)
    await sleep(50)
  }
  return child
}

describe('unlock, embedded', () => {
  test('nobody holds it: says so', async () => {
    const project = projectThatIsSlow()
    const { code, stdout } = await project.seshat('unlock')
    assert.equal(code, 0)
    assert.equal(
      stdout,
      'Nobody holds a lock on the tables of this project: embedded database in .seshat/db.\n',
    )
  })

  test('a process that works keeps it, and is named; one that was killed loses it', async () => {
    const project = projectThatIsSlow()
    const run = await startRun(project)
    try {
      for (const words of [['unlock'], ['unlock', '--yes']]) {
        const { code, stdout, stderr } = await project.seshat(...words)
        assert.equal(code, 3, stderr)
        assert.match(stdout, new RegExp(`db\\.lock: process ${run.pid} on .*seshat run .*since \\d{4}-`))
        assert.match(stderr, new RegExp(`error\\[still-locked\\].*\\n.*kill ${run.pid}\\n`))
      }
      assert.equal((await project.seshat('unlock', '--dry-run')).code, 0)
    } finally {
      run.kill('SIGKILL')
      await once(run, 'close')
    }
    const lock = join(project.directory, '.seshat', 'db.lock')
    const dry = await project.seshat('unlock', '--dry-run')
    assert.match(dry.stdout, /it is gone: the next run would take the lock over\n$/)
    assert.ok(existsSync(lock), '--dry-run changes nothing')
    const { code, stdout, stderr } = await project.seshat('unlock')
    assert.equal(code, 0, stderr)
    assert.match(stdout, /Unlocked\.\n$/)
    assert.ok(!existsSync(lock))
  })

  test('a lock file that is none is not taken for a free database', async () => {
    const project = projectThatIsSlow()
    assert.equal((await project.seshat('compile')).code, 0)
    project.write({ '.seshat/db/keep': '' })
    writeFileSync(join(project.directory, '.seshat', 'db.lock'), 'nonsense')
    const { code, stderr } = await project.seshat('unlock', '--yes')
    assert.equal(code, 3)
    assert.match(stderr, /in use by an unknown process/)
  })
})

const keys: readonly LockKey[] = [
  { schema: 'unlock_scratch', name: 'scratch' },
  { schema: 'unlock_derived', name: 'output' },
]
const codeOf = (reason: unknown): string | undefined =>
  reason instanceof Faults ? reason.diagnostics[0]?.code : undefined
const isLost = async (work: Promise<unknown>): Promise<string | undefined> =>
  work.then(
    () => undefined,
    reason => codeOf(reason),
  )

describe('unlock, a lease', () => {
  test('its holder and its age are told; a run that loses it stops before its next commit', async () => {
    const server = await pgliteServer.create(redshiftEmulation.setUp)
    const connection = await server.connection()
    const drivers: Driver[] = []
    const connect = async (name = 'seshat test'): Promise<Driver> => {
      const driver = await connectRedshift(connection, name)
      drivers.push(driver)
      return driver
    }
    try {
      const first = await connect()
      const nobody = await leaseLocks(first, redshiftDialect, keys)
      assert.deepEqual(nobody.held, [], 'no table of leases is made by looking')
      const lock = await (await connect('seshat run host:1')).lock(keys, 'run')
      const locks = await leaseLocks(await connect(), redshiftDialect, keys)
      assert.deepEqual(
        locks.held.map(({ lock: table, who, state }) => ({ table, who, state })),
        [
          { table: 'unlock_derived.seshat_lease_output', who: 'seshat run host:1', state: 'held' },
          { table: 'unlock_scratch.seshat_lease_scratch', who: 'seshat run host:1', state: 'held' },
        ],
      )
      await lock.check()
      await locks.free()
      assert.equal(await isLost(lock.check()), 'lock-lost')
      const next = await (await connect('seshat run host:2')).lock(keys, 'run')
      await locks.free() // one that came since is left alone
      await next.check()
      await first.execute("update unlock_derived.seshat_lease_output set expires = '2000-01-01'")
      const lapsed = await leaseLocks(await connect(), redshiftDialect, keys)
      assert.deepEqual(
        lapsed.held.map(({ state }) => state),
        ['gone', 'held'],
      )
      await next.release()
      await lock.release()
    } finally {
      for (const driver of drivers) await driver.close()
      await server.drop()
    }
  })
})

const realServer = process.env['SESHAT_TEST_POSTGRES']
if (realServer) {
  describe('unlock, a Postgres server', () => {
    test('the sessions of a run are named and ended, those of others are not', async () => {
      const connect = (name: string): Promise<Driver> =>
        connectPostgres(connectionFrom(new URL(realServer)), name)
      const [holder, worker, other] = await Promise.all(
        ['a', 'b', 'c'].map(name => connect(`seshat ${name}`)),
      )
      assert.ok(holder && worker && other)
      try {
        const lock = await holder.lock(keys, 'run')
        await worker.share(keys)
        await other.lock([{ schema: 'unlock_elsewhere', name: 'output' }], 'run')
        const locks = await postgresLocks(await connect('seshat unlock'), keys)
        assert.deepEqual(locks.held.map(({ who }) => who.split(',')[0]).sort(), ['seshat a', 'seshat b'])
        await locks.free()
        assert.equal(await isLost(lock.check()), 'lock-lost')
        assert.equal((await other.execute('select 1')).rowCount, 1)
        await locks.close()
        const next = await connect('seshat d')
        await (await next.lock(keys, 'run')).release()
        await next.close()
      } finally {
        for (const driver of [holder, worker, other]) await driver.close()
      }
    })
  })
}
