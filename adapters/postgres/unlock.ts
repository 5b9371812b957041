// The advisory locks of a project on a Postgres server: the sessions that hold them, and their end, which rolls back what
// they had not committed.

import { setTimeout } from 'node:timers/promises'
import { error, Faults } from '../../compiler/diagnostics.js'
import type { Driver, LockKey } from '../driver.js'
import type { HeldLock, Locks } from '../held_lock.js'
import { heldSince, lockKinds, lockNumbers } from './driver_lock.js'

/** A session, and when it began: a number may be given again. */
interface Holder extends HeldLock {
  readonly pid: string
  readonly began: string | undefined
}

/** @param driver closed with the locks */
export async function postgresLocks(driver: Driver, keys: readonly LockKey[]): Promise<Locks> {
  const numbers = lockKinds.flatMap(kind => lockNumbers(keys, kind))
  const held = await holdersOf(driver, numbers)
  return {
    held,
    consequence: 'Their sessions are ended: what they have not committed is rolled back.',
    free: async () => {
      for (const { pid, began } of held) await terminate(driver, pid, began)
      for (let attempt = 1; attempt <= 50; attempt += 1) {
        const left = (await holdersOf(driver, numbers)).filter(({ pid }) => held.some(one => one.pid === pid))
        if (left.length === 0) return
        await setTimeout(100)
      }
      throw new Faults([
        error('still-locked', 'the server has not ended their sessions within 5 seconds', {
          hint: 'It may be rolling back, or waiting for the network: try again in a minute.',
        }),
      ])
    },
    close: () => driver.close(),
  }
}

/** The server refuses to end the session of another user to those who may not. */
const terminate = async (driver: Driver, pid: string, began: string | undefined): Promise<void> => {
  await driver.execute(
    `select pg_terminate_backend(a.pid) from pg_catalog.pg_stat_activity as a
where a.pid = $1::int and a.backend_start is not distinct from $2::timestamptz`,
    [pid, began ?? null],
  )
}

async function holdersOf(driver: Driver, numbers: readonly string[]): Promise<readonly Holder[]> {
  const { rows } = await driver.execute(
    `select l.pid::text, max(nullif(a.application_name, '')), max(host(a.client_addr)), max(a.usename::text),
    max(to_char(${heldSince}, 'YYYY-MM-DD HH24:MI:SS')) || ' UTC', max(a.backend_start::text), max(a.state), count(*)::text
from pg_catalog.pg_locks as l
inner join pg_catalog.pg_database as d on d.oid = l.database
left join pg_catalog.pg_stat_activity as a on a.pid = l.pid
where l.locktype = 'advisory' and l.granted and l.objsubid = 1 and d.datname = current_database()
    and l.pid <> pg_backend_pid()
    and ((l.classid::bigint << 32) | l.objid::bigint) = any ($1::bigint[])
group by l.pid
order by max(a.backend_start) nulls last, l.pid`,
    [`{${numbers.join(',')}}`],
  )
  return rows.map(([pid, application, address, user, since, began, state]) => ({
    pid: String(pid),
    began: began === null ? undefined : String(began),
    lock: `server process ${pid}`,
    who: `${application ?? 'a session without a name'}${user ? `, user ${user}` : ''}${address ? `, from ${address}` : ''}${state ? `, ${state}` : ''}`,
    since: since === null ? 'an unknown time' : String(since),
    state: 'held',
  }))
}
