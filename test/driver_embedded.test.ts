// What is the embedded database's own: its directory, its thread, and what becomes of them.

import assert from 'node:assert/strict'
import { cpSync, existsSync, mkdirSync, mkdtempSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, before, describe, test } from 'node:test'
import { setTimeout as pause } from 'node:timers/promises'
import { connectEmbedded } from '../adapters/embedded/driver.js'
import { codeOf, faultsOf } from './driver_fixtures.js'

const root = mkdtempSync(join(tmpdir(), 'seshat-embedded-'))
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
