// Who holds a lock that another command wants -> the fault that says so, in the same words for every warehouse.

import { error, Faults } from '../compiler/diagnostics.js'
import type { LockHolder } from './driver.js'

/** Exit code 3: another command holds the lock. Asked again later, it may well be granted. */
export class Locked extends Faults {
  constructor(
    /** Undefined where it has let go in the meantime. */
    readonly holder: LockHolder | undefined,
    purpose: string,
    died: string,
  ) {
    const message = holder
      ? `Another command holds the lock that ${purpose} needs: ${holder.who}, since ${holder.since}.`
      : `Another command held the lock that ${purpose} needs and has just let go of it.`
    const hint = holder
      ? `Wait for it with --wait 10m, end it where it runs, or take the lock from it with seshat unlock. ${died}`
      : 'Start the command again, or give --wait 10m.'
    super([error('locked', message, { hint })], 3)
  }
}

/** What to know of a holder whose lock ends with its session or its process. */
export const letsGo = 'One that died lets go by itself.'

/** How a session is named to others; of a host the beginning, since Postgres keeps 63 bytes. */
export const applicationName = (command: string, host: string, pid: number): string =>
  `seshat ${command} ${host.slice(0, 40)}:${pid}`

/**
 * A session as people read it: command, process and host from its name, as `applicationName` makes it.
 * @param details what else is known of it
 */
export function sessionInWords(application: string, details: readonly string[] = []): string {
  const [, command, host, pid] = /^(seshat \S+) (\S+):(\d+)$/.exec(application) ?? []
  const name = command === undefined ? application : `${command}, process ${pid} on ${host}`
  return details.length > 0 ? `${name} (${details.join(', ')})` : name
}
