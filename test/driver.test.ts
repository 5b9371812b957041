// The driver contract, applied to the embedded database, to `pg` against PGlite behind a socket, and, with
// SESHAT_TEST_POSTGRES=postgres://user@host:port/database, to a real server.

import assert from 'node:assert/strict'
import { spawn } from 'node:child_process'
import { cpSync, existsSync, mkdirSync, mkdtempSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, before, describe, test } from 'node:test'
import { setTimeout as pause } from 'node:timers/promises'
import type { Driver } from '../adapters/driver.js'
import { connectEmbedded } from '../adapters/embedded/driver.js'
import { connectPostgres, type PostgresConnection } from '../adapters/postgres/driver.js'
import { driverContract } from './driver_contract.js'
import { codeOf, faultsOf, schema } from './driver_fixtures.js'
import { type PgliteServer, startPgliteServer } from './driver_pglite_server.js'

const root = mkdtempSync(join(tmpdir(), 'seshat-driver-'))
const template = join(root, 'template')
let copies = 0

/** A copy of a database that was opened and closed: the first start of one takes seconds. */
function copyOfDatabase(): string {
  copies += 1
  const directory = join(root, `copy-${copies}`)
  cpSync(template, directory, { recursive: true })
  return directory
}

before(async () => {
  await (await connectEmbedded(template, 'seshat test')).close()
})
after(() => rmSync(root, { recursive: true }))

describe('embedded in a directory', () => {
  const directories: string[] = []
  /** In a directory of its own, or in one that was closed. */
  const open = async (): Promise<Driver> => {
    for (const directory of directories) {
      const driver = await connectEmbedded(directory, 'seshat test').catch(codeOf)
      if (typeof driver === 'object') return driver
    }
    const directory = copyOfDatabase()
    directories.push(directory)
    return connectEmbedded(directory, 'seshat test')
  }
  driverContract('embedded', open, { survivesCancel: false })
})

describe('postgres over a socket', () => {
  const servers: PgliteServer[] = []
  /** On a server of its own, or on the last one if that still answers. */
  const open = async (): Promise<Driver> => {
    const last = servers.at(-1)
    if (last) {
      const connection = { ...local(last.port), connect_timeout: 1 }
      const driver = await connectPostgres(connection, 'seshat test').catch(codeOf)
      if (typeof driver === 'object') return driver
    }
    const server = await startPgliteServer(copyOfDatabase())
    servers.push(server)
    return connectPostgres(local(server.port), 'seshat test')
  }
  after(() => Promise.all(servers.map(server => server.stop())))

  driverContract('pglite-socket', open, { survivesCancel: false })

  test('execute: a server that is gone is connection-lost, and does not end this process', async () => {
    const driver = await open()
    await servers.at(-1)?.stop()
    await pause(100)
    assert.equal(codeOf(await faultsOf(driver.execute('select 1'))), 'connection-lost')
    assert.equal(codeOf(await faultsOf(driver.transaction(async () => 1))), 'connection-lost')
    await driver.close()
  })
})

describe('embedded directory', () => {
  test('connectEmbedded: makes directory and parents for this user alone, and keeps what was committed', async () => {
    const directory = join(root, 'a', 'b', 'db')
    const first = await connectEmbedded(directory, 'seshat test')
    assert.equal(statSync(directory).mode & 0o777, 0o700)
    await first.execute('create table kept as select 1 as a')
    await first.close()
    assert.equal(existsSync(`${directory}.lock`), false)
    const second = await connectEmbedded(directory, 'seshat test')
    assert.deepEqual((await second.execute('select a from kept')).rows, [[1]])
    await second.close()
  })

  test('connectEmbedded: the main thread stays responsive during a statement', async () => {
    const driver = await connectEmbedded(copyOfDatabase(), 'seshat test')
    let ticks = 0
    const timer = setInterval(() => {
      ticks += 1
    }, 10)
    await driver.execute('select pg_sleep(0.5)')
    clearInterval(timer)
    await driver.close()
    assert.ok(ticks > 20, `${ticks} ticks in 500 ms`)
  })

  test('connectEmbedded: what was committed before a cancel is there when it is opened again', async () => {
    const directory = copyOfDatabase()
    const driver = await connectEmbedded(directory, 'seshat test')
    await driver.execute('create table kept as select g as a from generate_series(1, 1000) as g')
    const work = driver.transaction(async () => {
      await driver.execute('delete from kept')
      await driver.execute('select pg_sleep(30)')
    })
    const fault = faultsOf(work)
    await pause(300)
    await driver.cancel()
    assert.equal(codeOf(await fault), 'statement-cancelled')
    await driver.close()
    const again = await connectEmbedded(directory, 'seshat test')
    assert.deepEqual((await again.execute('select count(*) from kept')).rows, [[1000]])
    await again.close()
  })

  // In each step of the protocol: parse, bind (which plans), execute.
  const crashes: Record<string, string> = {
    parser: `select ${'1 + '.repeat(20_000)} 1`,
    planner: `select repeat('[', 3000000)::json is null`,
    executor: `select repeat('[', 3000000 + g)::json is null from generate_series(1, 1) as g`,
  }
  for (const [name, sql] of Object.entries(crashes)) {
    test(`execute: a statement that crashes the ${name} does not pass for one without rows`, async () => {
      const directory = copyOfDatabase()
      const driver = await connectEmbedded(directory, 'seshat test')
      await driver.execute('create table kept as select 1 as a')
      assert.equal(codeOf(await faultsOf(driver.execute(sql))), 'connection-lost')
      assert.equal(codeOf(await faultsOf(driver.execute('select 1'))), 'connection-lost')
      await driver.close()
      const again = await connectEmbedded(directory, 'seshat test')
      assert.deepEqual((await again.execute('select a from kept')).rows, [[1]])
      await again.close()
    })
  }

  test('connectEmbedded: a first start that was killed half way is done again', async () => {
    const directory = join(root, 'half')
    mkdirSync(join(directory, 'base'), { recursive: true })
    writeFileSync(join(directory, 'seshat_first_start'), '')
    writeFileSync(join(directory, 'PG_VERSION'), '18\n')
    const driver = await connectEmbedded(directory, 'seshat test')
    assert.deepEqual((await driver.execute('select 1')).rows, [[1]])
    await driver.close()
    assert.equal(existsSync(join(directory, 'seshat_first_start')), false)
  })

  const damages: Record<string, (directory: string) => void> = {
    'of another version': directory => writeFileSync(join(directory, 'PG_VERSION'), '17\n'),
    'without its control file': directory => rmSync(join(directory, 'global', 'pg_control')),
    'with a broken control file': directory => writeFileSync(join(directory, 'global', 'pg_control'), 'x'),
    'without its tables': directory => rmSync(join(directory, 'base'), { recursive: true }),
    'without its log': directory => rmSync(join(directory, 'pg_wal'), { recursive: true }),
  }
  for (const [name, damage] of Object.entries(damages)) {
    test(`connectEmbedded: a directory ${name} is embedded-unreadable, and its lock is given back`, async () => {
      const directory = copyOfDatabase()
      damage(directory)
      const fault = await faultsOf(connectEmbedded(directory, 'seshat test'))
      assert.equal(codeOf(fault), 'embedded-unreadable')
      assert.equal(fault.exitCode, 2)
      assert.ok((fault.diagnostics[0]?.cause ?? '').length < 1100)
      assert.equal(existsSync(`${directory}.lock`), false)
    })
  }

  test('connectEmbedded: a directory with other things in it is refused and left alone', async () => {
    const directory = join(root, 'mine')
    mkdirSync(directory)
    writeFileSync(join(directory, 'notes.txt'), 'mine')
    assert.equal(codeOf(await faultsOf(connectEmbedded(directory, 'seshat test'))), 'embedded-unreadable')
    assert.equal(existsSync(join(directory, 'notes.txt')), true)
    assert.equal(
      codeOf(await faultsOf(connectEmbedded(join(directory, 'notes.txt'), 'test'))),
      'embedded-unreadable',
    )
  })
})

const realServer = process.env['SESHAT_TEST_POSTGRES']
if (realServer) {
  const url = new URL(realServer)
  const connection: PostgresConnection = {
    host: url.hostname,
    port: Number(url.port || 5432),
    user: decodeURIComponent(url.username),
    password: decodeURIComponent(url.password) || undefined,
    database: url.pathname.slice(1),
  }
  const opened: Driver[] = []
  const open = async (more: Partial<PostgresConnection> = {}, application = 'seshat test') => {
    const driver = await connectPostgres({ ...connection, ...more }, application)
    opened.push(driver)
    return driver
  }
  // Also what a failed test left open, or this process would not end.
  after(() => Promise.all(opened.map(driver => driver.close())))

  driverContract('postgres', () => open(), { survivesCancel: true })

  describe('postgres server', () => {
    test('lock: all or none, and the fault says who holds it since when', async () => {
      const [first, second, third] = await Promise.all([open({}, 'seshat run host:1'), open(), open()])
      const lock = await first.lock([{ schema, name: 'b' }], 'run')
      const fault = await faultsOf(
        second.lock(
          [
            { schema, name: 'a' },
            { schema, name: 'b' },
            { schema, name: 'c' },
          ],
          'run',
        ),
      )
      assert.equal(fault.exitCode, 3)
      assert.equal(codeOf(fault), 'locked')
      assert.match(fault.message, /seshat run host:1 .*since \d{4}-\d\d-\d\d \d\d:\d\d:\d\d\+00/)
      await (
        await third.lock(
          [
            { schema, name: 'a' },
            { schema, name: 'c' },
          ],
          'run',
        )
      ).release()
      await lock.release()
      await (
        await second.lock(
          [
            { schema, name: 'a' },
            { schema, name: 'b' },
          ],
          'run',
        )
      ).release()
      await Promise.all([first, second, third].map(driver => driver.close()))
    })

    test('lock: closing the driver gives it back', async () => {
      const [first, second] = await Promise.all([open(), open()])
      await first.lock([{ schema, name: 'closing' }], 'run')
      await first.close()
      await second.lock([{ schema, name: 'closing' }], 'run')
      await second.close()
    })

    test('lock: is free soon after its holder was killed in the middle of a statement', async () => {
      const script = `
        import { connectPostgres } from ${JSON.stringify(new URL('../adapters/postgres/driver.js', import.meta.url))}
        const driver = await connectPostgres(${JSON.stringify(connection)}, 'seshat killed')
        await driver.lock([{ schema: '${schema}', name: 'killed' }], 'run')
        driver.execute('select pg_sleep(60)')
        console.log('holds')`
      const child = spawn(process.execPath, ['--input-type=module', '-e', script], {
        stdio: ['ignore', 'pipe', 'inherit'],
      })
      await new Promise(resolve => child.stdout.once('data', resolve))
      const driver = await open()
      assert.match(
        (await faultsOf(driver.lock([{ schema, name: 'killed' }], 'run'))).message,
        /seshat killed/,
      )
      await pause(200)
      child.kill('SIGKILL')
      const killed = Date.now()
      for (;;) {
        const taken = await driver.lock([{ schema, name: 'killed' }], 'run').then(
          () => true,
          () => false,
        )
        if (taken) break
        assert.ok(Date.now() - killed < 8000, 'still locked')
        await pause(200)
      }
      await driver.close()
    })

    test('connectPostgres: sets time zone, search path, role, timeouts and name', async () => {
      const name = `seshat ${'ż'.repeat(60)}`
      const driver = await open(
        { search_path: 'pg_catalog', role: 'pg_monitor', statement_timeout: 100 },
        name,
      )
      const { rows } = await driver.execute(
        `select current_setting('timezone'), current_setting('search_path'), current_user,
        current_setting('statement_timeout'), length(current_setting('application_name')) between 30 and 63`,
      )
      assert.deepEqual(rows, [['UTC', 'pg_catalog', 'pg_monitor', '100ms', true]])
      const fault = await faultsOf(driver.execute('select pg_sleep(10)'))
      assert.equal(codeOf(fault), 'statement-cancelled')
      assert.match(fault.message, /statement_timeout/)
      await driver.close()
      assert.equal(codeOf(await faultsOf(open({ role: 'no_such_role' }))), 'connection-failed')
      assert.equal(codeOf(await faultsOf(open({ database: 'no_such_database' }))), 'no-such-database')
    })

    test('execute: a session that the server ends is connection-lost', async () => {
      const [victim, killer] = await Promise.all([open(), open()])
      const pid = (await victim.execute('select pg_backend_pid()')).rows[0]?.[0]
      const running = faultsOf(victim.execute('select pg_sleep(30)'))
      await pause(100)
      await killer.execute(`select pg_terminate_backend(${pid})`)
      assert.equal(codeOf(await running), 'connection-lost')
      assert.equal(codeOf(await faultsOf(victim.execute('select 1'))), 'connection-lost')
      await Promise.all([victim.close(), killer.close()])
    })

    test('transaction: a connection lost in the commit says that its outcome is open', async () => {
      const [victim, killer] = await Promise.all([open(), open()])
      const work = victim.transaction(async () => {
        const pid = (await victim.execute('select pg_backend_pid()')).rows[0]?.[0]
        await killer.execute(`select pg_terminate_backend(${pid})`)
      })
      assert.match((await faultsOf(work)).message, /wholly done or wholly undone/)
      await Promise.all([victim.close(), killer.close()])
    })
  })
}

function local(port: number): PostgresConnection {
  return { host: '127.0.0.1', port, user: 'postgres', database: 'postgres' }
}
