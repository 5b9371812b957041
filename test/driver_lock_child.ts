// A process of its own for the tests of the embedded database's lock.
// `hold <directory>`: opens the database, says `holds`, waits to be killed.
// `contend <directory> <milliseconds>`: takes and releases the lock over and over. Leaves a line in `<directory>.log`
// for each time, and `broken` if it ever meets another living holder.

import { randomUUID } from 'node:crypto'
import fs from 'node:fs'
import { syncBuiltinESMExports } from 'node:module'
import { connectEmbedded } from '../adapters/embedded/driver.js'
import { lockDirectory } from '../adapters/embedded/lock.js'
import { Faults } from '../compiler/diagnostics.js'

const [, , mode, directory = '', millis = '0'] = process.argv

if (mode === 'hold') await hold()
if (mode === 'contend') contend()

async function hold(): Promise<void> {
  const driver = await connectEmbedded(directory, 'seshat run')
  await driver.execute('create table if not exists held as select 1 as a')
  console.log('holds')
}

function contend(): void {
  dawdle()
  const end = Date.now() + Number(millis)
  while (Date.now() < end) {
    try {
      const lock = lockDirectory(directory, 'contend', () => undefined)
      alone()
      if (Math.random() < 0.5) pretendToHaveDied()
      lock.release()
    } catch (reason) {
      if (!(reason instanceof Faults)) throw reason
    }
    sleep(Math.random() * 3)
  }
}

/** Sleeps before calls of the file system, so that the processes meet between any two of them. */
function dawdle(): void {
  const slow =
    <A extends unknown[], R>(call: (...args: A) => R) =>
    (...args: A): R => {
      if (Math.random() < 0.3) sleep(Math.random() ** 3 * 30)
      return call(...args)
    }
  fs.linkSync = slow(fs.linkSync)
  fs.renameSync = slow(fs.renameSync)
  fs.rmSync = slow(fs.rmSync)
  syncBuiltinESMExports()
}

/** What only the holder does: puts its number into a file, and finds it there after a while. */
function alone(): void {
  const inside = `${directory}.inside`
  const before = numberIn(inside)
  if (before !== undefined && isRunning(before)) broken(`met ${before}`)
  fs.writeFileSync(inside, String(process.pid))
  sleep(Math.random() * 6)
  const after = numberIn(inside)
  if (after !== process.pid) broken(`was joined by ${after}`)
  fs.appendFileSync(`${directory}.log`, `${process.pid}\n`)
  if (Math.random() < 0.03) process.kill(process.pid, 'SIGKILL')
  fs.rmSync(inside, { force: true })
}

/** Leaves the lock as a killed holder does; a process that really dies takes a while to start again. */
function pretendToHaveDied(): void {
  const file = `${directory}.lock`
  const claim = { ...JSON.parse(fs.readFileSync(file, 'utf8')), token: randomUUID(), pid: 2 ** 22 + 1 }
  fs.writeFileSync(`${file}.${claim.token}`, JSON.stringify(claim))
  fs.renameSync(`${file}.${claim.token}`, file)
}

function broken(how: string): void {
  fs.appendFileSync(`${directory}.log`, `broken: ${process.pid} ${how}\n`)
}

function numberIn(file: string): number | undefined {
  try {
    return Number(fs.readFileSync(file, 'utf8')) || undefined
  } catch {
    return undefined
  }
}

function isRunning(pid: number): boolean {
  try {
    process.kill(pid, 0)
    return !fs.readFileSync(`/proc/${pid}/stat`, 'utf8').includes(') Z ')
  } catch {
    return false
  }
}

function sleep(duration: number): void {
  Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, duration)
}
