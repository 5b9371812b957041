// A process of its own that wants a lock over and over: `<kind> <place> <rounds> <seed>`. It begins when it is told to on its
// standard input. In each turn it looks whether another living process is inside, stays a moment, and numbers its turn; what
// two at once would do shows as `broken`. Now and then it dies inside. Says what came of every round.

import { readFileSync } from 'node:fs'
import { setTimeout as sleep } from 'node:timers/promises'
import type { Driver, Lock } from '../adapters/driver.js'
import { Locked } from '../adapters/locked.js'
import { connectPostgres } from '../adapters/postgres/driver.js'
import { connectRedshift } from '../adapters/redshift/driver.js'
import { connectionFrom } from './driver_servers.js'
import { random } from './oracle/random.js'

const [, , kind, database = '', rounds = '0', seed = '0'] = process.argv
const server = { ...connectionFrom(new URL(process.env['SESHAT_TEST_POSTGRES'] ?? '')), database }
const connect = kind === 'lease' ? connectRedshift : connectPostgres
const driver = await connect(server, `seshat run host:${process.pid}`)
const chance = random(Number(seed))
/** Half of them wait for their turn, the others are refused. */
const waits = Number(seed) % 2 === 0
const keys = [
  { schema: 'contended', name: 'scratch' },
  { schema: 'contended', name: 'output' },
]

console.log('ready')
await new Promise(resolve => process.stdin.once('data', resolve))
for (let round = 0; round < Number(rounds); round += 1) {
  const lock = await take()
  if (lock) {
    await turn(driver)
    await lock.release()
    console.log('turn')
  } else console.log('refused')
  await sleep(chance.next() * 5)
}
await driver.close()
process.exit(0)

async function take(): Promise<Lock | undefined> {
  for (;;) {
    try {
      return await driver.lock(keys, 'run')
    } catch (reason) {
      if (!(reason instanceof Locked)) throw reason
      if (!waits) return undefined
      await sleep(5 + chance.next() * 20)
    }
  }
}

async function turn(own: Driver): Promise<void> {
  const { rows } = await own.execute('select pid from contended.inside')
  const met = rows.map(([pid]) => Number(pid)).filter(isRunning)
  // One that was killed has lost its connection, and with it the lock, a moment before it is gone.
  if (met.length > 0) await sleep(1000)
  const living = met.filter(isRunning)
  if (living.length > 0) console.log(`broken: met ${living}`)
  await own.execute('delete from contended.inside')
  await own.execute(`insert into contended.inside (pid) values (${process.pid})`)
  const before = Number((await own.execute('select coalesce(max(n), 0) from contended.turns')).rows[0]?.[0])
  await sleep(chance.next() * 4)
  if (chance.next() < 0.005) process.kill(process.pid, 'SIGKILL')
  await own.execute(`insert into contended.turns (n, pid) values (${before + 1}, ${process.pid})`)
  const inside = (await own.execute('select pid from contended.inside')).rows
  if (inside.length !== 1 || inside[0]?.[0] !== process.pid) console.log(`broken: joined by ${inside}`)
  await own.execute('delete from contended.inside')
}

function isRunning(pid: number): boolean {
  try {
    process.kill(pid, 0)
    return !readFileSync(`/proc/${pid}/stat`, 'utf8').includes(') Z ')
  } catch {
    return false
  }
}
