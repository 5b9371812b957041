// A process number in, whether that very process still runs out. Numbers are used again, so a process is its
// number and the time it started; and they mean nothing outside the machine, or container, that gave them.

import { readdirSync, readFileSync, readlinkSync } from 'node:fs'
import { hostname } from 'node:os'

/** `id` tells apart what only shares a host name: containers, and the same machine before a restart. */
export const machine: { readonly host: string; readonly id: string } = {
  host: hostname(),
  id: [
    hostname(),
    attempt(() => readFileSync('/proc/sys/kernel/random/boot_id', 'utf8').trim()),
    attempt(() => readlinkSync('/proc/self/ns/pid')),
  ].join('/'),
}

/** When a process started, in clock ticks since the machine did. Undefined where the system does not tell. */
export const startOf = (pid: number): string | undefined => statOf(pid)?.[19]

/**
 * Whether the process of this number still runs. In doubt it does.
 * @param started what `startOf` said then; without it any process of that number counts
 */
export function isRunning(pid: number, started: string | undefined): boolean {
  try {
    process.kill(pid, 0)
  } catch (reason) {
    if ((reason as NodeJS.ErrnoException).code === 'ESRCH') return false
  }
  const stat = statOf(pid)
  if (stat === undefined) return true
  if (started !== undefined && stat[19] !== started) return false
  return !isZombie(pid, stat)
}

/** Killed, and nobody has asked for its exit code yet; its last thread may still be writing. */
const isZombie = (pid: number, stat: readonly string[]): boolean =>
  stat[0] === 'Z' && (attempt(() => readdirSync(`/proc/${pid}/task`))?.length ?? 0) <= 1

/** The fields of /proc/<pid>/stat from the third on, as numbered by proc(5); the second may contain anything. */
function statOf(pid: number): readonly string[] | undefined {
  const text = attempt(() => readFileSync(`/proc/${pid}/stat`, 'utf8'))
  return text?.slice(text.lastIndexOf(')') + 2).split(' ')
}

/** Undefined where this is not Linux, or /proc does not show it. */
function attempt<T>(look: () => T): T | undefined {
  try {
    return look()
  } catch {
    return undefined
  }
}
