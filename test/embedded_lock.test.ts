// The lock of the embedded database's directory: one holder at a time, whatever dies when.

import assert from 'node:assert/strict'
import { type ChildProcess, spawn } from 'node:child_process'
import * as fs from 'node:fs'
import { hostname, tmpdir } from 'node:os'
import { basename, dirname, join } from 'node:path'
import { after, before, beforeEach, test } from 'node:test'
import { setTimeout as pause } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import { connectEmbedded } from '../adapters/embedded/driver.js'
import { lockDirectory } from '../adapters/embedded/lock.js'
import { machine, startOf } from '../adapters/embedded/process_identity.js'
import { Faults } from '../compiler/diagnostics.js'

const child = fileURLToPath(new URL('./driver_lock_child.js', import.meta.url))
const nobody = () => undefined
/** Above the highest number that Linux gives. */
const noProcess = 2 ** 22 + 1

let root: string
let directory: string
let database: string
let count = 0
before(() => {
  root = fs.realpathSync(fs.mkdtempSync(join(tmpdir(), 'seshat-lock-')))
  database = join(root, 'database')
})
beforeEach(() => {
  count += 1
  directory = join(root, `d${count}`)
  fs.mkdirSync(directory)
})
after(() => fs.rmSync(root, { recursive: true }))

const claim = (token: string, more: object = {}): string =>
  JSON.stringify({
    token,
    pid: noProcess,
    host: 'elsewhere',
    since: '2024-01-31T09:15:00.000Z',
    purpose: 'seshat run',
    started: '1',
    machine: machine.id,
    ...more,
  })
const alive = () => ({ pid: process.pid, started: startOf(process.pid) ?? '' })
const write = (suffix: string, text: string, ageSeconds = 0) => {
  const time = Date.now() / 1000 - ageSeconds
  fs.writeFileSync(`${directory}.lock${suffix}`, text)
  fs.utimesSync(`${directory}.lock${suffix}`, time, time)
}
const filesLeft = () =>
  fs.readdirSync(dirname(directory)).filter(name => name.startsWith(`${basename(directory)}.`))
const holder = () => JSON.parse(fs.readFileSync(`${directory}.lock`, 'utf8'))

function faultOf(work: () => unknown): Faults {
  try {
    work()
  } catch (reason) {
    assert.ok(reason instanceof Faults, String(reason))
    assert.equal(reason.diagnostics[0]?.code, 'locked')
    assert.equal(reason.exitCode, 3)
    return reason
  }
  assert.fail('the lock was granted')
}

function assertGranted(): void {
  const lock = lockDirectory(directory, 'test', nobody)
  assert.deepEqual(filesLeft(), [`${basename(directory)}.lock`])
  assert.equal(holder().pid, process.pid)
  lock.release()
  lock.release()
  assert.deepEqual(filesLeft(), [])
}

const lastLine = (process: ChildProcess): Promise<string> =>
  new Promise(resolve => process.stdout?.once('data', data => resolve(String(data).trim())))

function spawnHolder(): ChildProcess {
  return spawn(process.execPath, [child, 'hold', database], { stdio: ['ignore', 'pipe', 'inherit'] })
}

test('lockDirectory: tells process, host, time and purpose of the holder', () => {
  const lock = lockDirectory(directory, 'seshat run', nobody)
  const fault = faultOf(() => lockDirectory(directory, 'test', nobody))
  assert.match(
    fault.message,
    new RegExp(
      `that test needs: seshat run, process ${process.pid} on ${hostname()}, since 20[\\d-]{8} [\\d:]{8} UTC\\.$`,
    ),
  )
  assert.match(fault.diagnostics[0]?.hint ?? '', /--wait 10m.*seshat unlock\. One that died lets go/)
  assert.deepEqual(filesLeft(), [`${basename(directory)}.lock`])
  lock.release()
  assertGranted()
})

test('lockDirectory: takes over from a process that is gone', () => {
  write('', claim('t'))
  assertGranted()
})

test('lockDirectory: takes over from a process whose number another has now', () => {
  write('', claim('t', { ...alive(), started: '1' }))
  assertGranted()
})

test('lockDirectory: a process that cannot be told apart from the holder is the holder', () => {
  write('', claim('t', { pid: process.pid, started: '' }), 3600)
  faultOf(() => lockDirectory(directory, 'test', nobody))
})

test('lockDirectory: another machine holds it while it is heard of, and no longer', () => {
  write('', claim('t', { machine: 'elsewhere' }), 50)
  assert.match(faultOf(() => lockDirectory(directory, 'test', nobody)).message, /on elsewhere/)
  write('', claim('t', { machine: 'elsewhere' }), 70)
  assertGranted()
})

test('lockDirectory: a file that is not a lock counts as one for a minute', () => {
  for (const text of ['', '{', '{}', 'null']) {
    write('', text, 50)
    assert.match(faultOf(() => lockDirectory(directory, 'test', nobody)).message, /unknown process/)
    write('', text, 70)
    assertGranted()
  }
})

test('lockDirectory: takes over from takers that died half way', () => {
  write('', claim('t'))
  write('.after-t', claim('u'))
  write('.after-u', claim('v'))
  assertGranted()
})

test('lockDirectory: leaves it to a taker that is alive', () => {
  write('', claim('t'))
  write('.after-t', claim('u', alive()))
  assert.match(
    faultOf(() => lockDirectory(directory, 'test', nobody)).message,
    new RegExp(`process ${process.pid}`),
  )
})

test('lockDirectory: removes what killed processes left long ago, and nothing else', () => {
  write('.old', claim('old'), 3600)
  write('.after-old', claim('old'), 3600)
  write('.young', claim('young'), 60)
  fs.writeFileSync(`${directory}.locket`, '')
  fs.utimesSync(`${directory}.locket`, 0, 0)
  lockDirectory(directory, 'test', nobody).release()
  assert.deepEqual(filesLeft().sort(), [`${basename(directory)}.lock.young`, `${basename(directory)}.locket`])
})

test('lockDirectory: is heard of while it is held, and stops when it was taken over', async () => {
  let lost = 0
  const onLost = () => {
    lost += 1
  }
  const lock = lockDirectory(directory, 'test', onLost, 20)
  const text = fs.readFileSync(`${directory}.lock`, 'utf8')
  write('', text, 50)
  await pause(200)
  assert.ok(Date.now() - fs.statSync(`${directory}.lock`).mtimeMs < 10_000)
  assert.equal(fs.readFileSync(`${directory}.lock`, 'utf8'), text)
  assert.equal(lost, 0)

  fs.rmSync(`${directory}.lock`)
  write('', claim('other', { machine: 'elsewhere' }))
  await pause(200)
  assert.equal(lost, 1)
  lock.release()
  assert.equal(holder().token, 'other')
})

test('connectEmbedded: a second process is locked out, under any name of the directory', async () => {
  const first = spawnHolder()
  assert.equal(await lastLine(first), 'holds')
  fs.symlinkSync(database, join(root, 'link'))
  for (const name of [database, join(root, 'link'), join(root, '.', 'database', '..', 'database')]) {
    const fault = await connectEmbedded(name, 'test').catch(thrown => thrown)
    assert.ok(fault instanceof Faults)
    assert.equal(fault.exitCode, 3)
    assert.match(fault.message, new RegExp(`seshat run, process ${first.pid} on ${hostname()},`))
  }
  first.kill('SIGKILL')
  await new Promise(resolve => first.once('exit', resolve))

  const driver = await connectEmbedded(database, 'test')
  assert.deepEqual((await driver.execute('select a from held')).rows, [[1]])
  const locked = await connectEmbedded(database, 'test').catch(thrown => thrown)
  assert.match(String(locked), new RegExp(`process ${process.pid} `))
  await driver.close()
})

test('lockDirectory: ten processes, killed at any moment, never hold it together', async context => {
  const end = Date.now() + 6_000
  const children = new Set<ChildProcess>()
  const exits: Promise<void>[] = []
  const start = () => {
    const args = [child, 'contend', directory, String(end - Date.now())]
    const one = spawn(process.execPath, args, { stdio: ['ignore', 'ignore', 'inherit'] })
    children.add(one)
    exits.push(
      new Promise(resolve => {
        one.once('exit', (code, signal) => {
          children.delete(one)
          if (code !== 0 && signal === null)
            fs.appendFileSync(`${directory}.log`, `broken: exit code ${code}\n`)
          if (end - Date.now() > 500) start()
          resolve()
        })
      }),
    )
  }
  for (let i = 0; i < 10; i += 1) start()
  while (Date.now() < end) {
    await pause(50 + Math.random() * 200)
    const victims = [...children]
    victims[Math.floor(Math.random() * victims.length)]?.kill('SIGKILL')
  }
  while (children.size > 0) await pause(20)
  await Promise.all(exits)

  const lines = fs.readFileSync(`${directory}.log`, 'utf8').trim().split('\n')
  assert.deepEqual(
    lines.filter(line => line.startsWith('broken')),
    [],
  )
  context.diagnostic(`held ${lines.length} times by ${new Set(lines).size} processes`)
  assert.ok(lines.length > 30, `${lines.length} times`)
  assert.ok(new Set(lines).size > 10, `${new Set(lines).size} processes`)
  lockDirectory(directory, 'test', nobody).release()
})
