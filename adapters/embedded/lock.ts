// A directory in, the exclusive right to use it out: the lock of the embedded database, which two processes
// would damage in silence. A file `<directory>.lock` names the holder; a holder that died is succeeded by
// exactly one other, without anybody's help.
//
// Why there are never two holders. Every attempt to get the lock is a claim with a token of its own that never
// comes back. A claim becomes visible, whole, by one link(2) of a file written before, and link fails where the
// name exists; so of several claims on one name one wins.
// 1. Where there is no lock file, the claim that links it holds the lock.
// 2. Where the lock file is of a claim T whose process is dead, T is succeeded, not removed: a claim that links
//    `<lock>.after-T` is the only successor of T, for the name is taken. If that process dies as well, its own
//    claim is succeeded in the same way, and so on: a chain from T with one end. The end, once it has seen that
//    the lock file is still T's, renames itself over it, which leaves no moment without a lock file, and only
//    then removes the links of the chain.
// 3. A slow process may link `after-T` when the chain of T is over and its links are removed. By then the lock
//    file is not T's and never will be again, so it sees that, takes its link away and starts anew. Conversely,
//    where the lock file still is T's no link of T's chain has ever been removed; so whoever has linked and then
//    sees T is the one end, those before it are dead, and no other may rename until it has or is dead itself.
// 4. A holder removes the lock file only where it is its own.
// "Dead" must be for ever: on this machine a process is dead when its number is free or belongs to a process
// that started at another time. Of another machine's process only the silence can be seen: it counts as dead
// after 60 s without a heartbeat. Should it only have slept, it learns of it from its next heartbeat and stops.

import { randomUUID } from 'node:crypto'
import * as fs from 'node:fs'
import { basename, dirname, join } from 'node:path'
import { Locked, letsGo } from '../locked.js'
import { sinceNow } from '../out_of_sight.js'
import { isRunning, machine, startOf } from './process_identity.js'

export interface DirectoryLock {
  /** Whether the lock file still says so. */
  isOurs(): boolean
  /** Milliseconds since it was last certain that it is ours. */
  silence(): number
  /** Never throws. */
  release(): void
}

/** What the lock file says, as JSON. */
interface Claim {
  readonly token: string
  readonly pid: number
  readonly host: string
  /** ISO 8601, UTC. */
  readonly since: string
  readonly purpose: string
  /** When the process started, where the system tells. */
  readonly started: string
  /** Process numbers mean the same within one. */
  readonly machine: string
}

/** A claim and when its process was last heard of, by the clock of the file system. */
interface Sighting extends Claim {
  readonly seen: number
}

const heartbeatMillis = 5_000
const silenceMillis = 60_000
const litterMillis = 600_000

/**
 * Takes the lock of a directory, which must exist under this name and no other (no symbolic link).
 * @param purpose for those who find it locked
 * @param onLost called when another machine has taken the lock over; the directory must not be used any longer
 * @throws Faults `locked`, exit code 3, with who holds it and since when
 */
export function lockDirectory(
  directory: string,
  purpose: string,
  onLost: () => void,
  heartbeat = heartbeatMillis,
): DirectoryLock {
  const file = `${directory}.lock`
  for (;;) {
    const claim = newClaim(purpose)
    const draft = `${file}.${claim.token}`
    try {
      writeDraft(draft, claim)
      const outcome = stake(file, draft)
      if (outcome === 'taken') return hold(file, claim, onLost, heartbeat)
      if (outcome !== 'changed') throw lockedFault(purpose, outcome)
    } finally {
      fs.rmSync(draft, { force: true })
    }
  }
}

export interface DirectoryHolder {
  /** 0: the lock file is not one that can be read. */
  readonly pid: number
  readonly host: string
  readonly since: string
  readonly purpose: string
  readonly alive: boolean
  /** It is a process of this machine. */
  readonly here: boolean
}

/** Who holds the lock of a directory, without touching it; undefined where nobody does. */
export function holderOfDirectory(directory: string): DirectoryHolder | undefined {
  const claim = read(`${directory}.lock`)
  if (claim === undefined) return undefined
  const { pid, host, since, purpose } = claim
  return { pid, host, since, purpose, alive: isAlive(claim, Date.now()), here: claim.machine === machine.id }
}

const newClaim = (purpose: string): Claim => ({
  token: randomUUID(),
  pid: process.pid,
  host: machine.host,
  since: new Date().toISOString(),
  purpose,
  started: startOf(process.pid) ?? '',
  machine: machine.id,
})

/** Flushed: a power cut must not leave a lock file without content. */
function writeDraft(draft: string, claim: Claim): void {
  const descriptor = fs.openSync(draft, 'wx', 0o644)
  try {
    fs.writeSync(descriptor, `${JSON.stringify(claim)}\n`)
    fs.fsyncSync(descriptor)
  } finally {
    fs.closeSync(descriptor)
  }
}

/** One attempt. `changed`: others moved meanwhile, look again. A claim: its process is alive. */
function stake(file: string, draft: string): 'taken' | 'changed' | Claim {
  if (linked(draft, file)) return 'taken'
  const root = read(file)
  if (root === undefined) return 'changed'
  const now = fs.statSync(draft).mtimeMs
  const chain: string[] = []
  let last = root
  for (;;) {
    if (isAlive(last, now)) return stillIn(file, root) ? last : 'changed'
    const next = successorOf(file, last)
    chain.push(next)
    if (linked(draft, next)) break
    const successor = read(next)
    if (successor === undefined) return 'changed'
    last = successor
  }
  if (!stillIn(file, root)) {
    fs.rmSync(successorOf(file, last), { force: true })
    return 'changed'
  }
  fs.renameSync(draft, file)
  for (const link of chain) fs.rmSync(link, { force: true })
  return 'taken'
}

const successorOf = (file: string, { token }: Claim): string => `${file}.after-${token}`

const stillIn = (file: string, { token }: Claim): boolean => read(file)?.token === token

const isAlive = (claim: Sighting, now: number): boolean =>
  claim.machine === machine.id
    ? isRunning(claim.pid, claim.started || undefined)
    : now - claim.seen < silenceMillis

function linked(draft: string, name: string): boolean {
  try {
    fs.linkSync(draft, name)
    return true
  } catch (reason) {
    if (codeOf(reason) === 'EEXIST') return false
    throw reason
  }
}

/** Undefined where there is no such file. A file that is not ours to read lives by its heartbeat alone. */
function read(file: string): Sighting | undefined {
  let descriptor: number
  try {
    descriptor = fs.openSync(file, 'r')
  } catch (reason) {
    if (codeOf(reason) === 'ENOENT') return undefined
    throw reason
  }
  try {
    const { ino, mtimeMs: seen } = fs.fstatSync(descriptor)
    return { ...parse(fs.readFileSync(descriptor, 'utf8'), `unreadable-${ino}`), seen }
  } finally {
    fs.closeSync(descriptor)
  }
}

function parse(text: string, token: string): Claim {
  try {
    const claim = JSON.parse(text) as Claim
    if (typeof claim.token === 'string' && typeof claim.pid === 'number') return claim
  } catch {
    // as below
  }
  return { token, pid: 0, host: '?', since: '?', purpose: 'unknown', started: '', machine: '?' }
}

function hold(file: string, claim: Claim, onLost: () => void, heartbeat: number): DirectoryLock {
  removeLitter(file, claim)
  const descriptor = fs.openSync(file, 'r+')
  const text = fs.readFileSync(descriptor)
  // Written, not touched: then the file server's clock sets the time, the same that the others' drafts get.
  let silence = sinceNow()
  const beat = () => {
    const now = sinceNow()
    if (stillIn(file, claim)) {
      fs.writeSync(descriptor, text, 0, text.length, 0)
      silence = now
      return
    }
    release()
    onLost()
  }
  const timer = setInterval(() => quietly(beat), heartbeat).unref()
  let held = true
  const release = () => {
    if (!held) return
    held = false
    clearInterval(timer)
    quietly(() => fs.closeSync(descriptor))
    quietly(() => {
      if (stillIn(file, claim)) fs.rmSync(file, { force: true })
    })
  }
  return { release, isOurs: () => held && stillIn(file, claim), silence: () => silence() }
}

/** For what another will put right: a missed heartbeat is followed by the next, a lock left behind is taken over. */
function quietly(work: () => void): void {
  try {
    work()
  } catch {
    // see above
  }
}

/** Files of processes that were killed in the middle of an attempt, long ago. */
function removeLitter(file: string, own: Claim): void {
  const now = Date.now()
  quietly(() => {
    for (const name of fs.readdirSync(dirname(file))) {
      const path = join(dirname(file), name)
      if (!name.startsWith(`${basename(file)}.`) || path === successorOf(file, own)) continue
      if (now - fs.statSync(path).mtimeMs > litterMillis) fs.rmSync(path, { force: true })
    }
  })
}

function lockedFault(purpose: string, { pid, host, purpose: application, since }: Claim): Locked {
  const [, wanted = purpose] = /^seshat (\S+)/.exec(purpose) ?? []
  const who = pid === 0 ? 'an unknown process' : `${commandOf(application)}, process ${pid} on ${host}`
  const time = since.replace('T', ' ').replace(/(\.\d*)?Z$/, ' UTC')
  return new Locked({ who, since: time }, wanted, letsGo)
}

/** Its name without host and process, which the claim has by themselves. */
const commandOf = (application: string): string => application.replace(/ \S+:\d+$/, '')

const codeOf = (reason: unknown): string | undefined => (reason as NodeJS.ErrnoException).code
