// Lock names in, advisory locks of one Postgres session out: all or none, and never waiting. The server lets
// go of them by itself as soon as the session ends.

import { createHash } from 'node:crypto'
import type { LockHolder, LockKey, QueryResult } from '../driver.js'
import { Locked, letsGo, sessionInWords } from '../locked.js'

type Execute = (sql: string, parameters: readonly string[]) => Promise<QueryResult>

/** Locks that one connection of a run holds alone. */
export const running = 'seshat'
/** Locks that the connections of a run hold together. */
export const sharing = 'seshat workers'
/** Whatever a run may hold. */
export const lockKinds = [running, sharing] as const

/** The advisory lock of a name: the first 64 bits of its SHA-256, signed, as text. */
const lockNumber = (key: string): string =>
  createHash('sha256').update(key).digest().readBigInt64BE(0).toString()

/** The advisory locks of keys, in one order everywhere, so that of two runs that want the same ones one gets them all. */
export const lockNumbers = (keys: readonly LockKey[], kind: string): readonly string[] =>
  [...new Set(keys.map(({ schema, name }) => lockNumber(`${kind} ${schema} ${name}`)))].sort()

/** Waits until nobody holds one of them alone. */
export async function shareLocks(execute: Execute, numbers: readonly string[]): Promise<void> {
  await execute('select pg_advisory_lock_shared(k.number) from unnest($1::bigint[]) as k (number)', [
    arrayOf(numbers),
  ])
}

/**
 * Takes every lock or none.
 * @throws Faults `locked`, exit code 3, with who holds one of them and since when
 */
export async function takeLocks(
  execute: Execute,
  numbers: readonly string[],
  purpose: string,
): Promise<void> {
  const { rows } = await execute(
    `select k.number::text, pg_try_advisory_lock(k.number)
from unnest($1::bigint[]) as k (number)`,
    [arrayOf(numbers)],
  )
  const refused = rows.filter(([, taken]) => taken !== true).map(([number]) => String(number))
  if (refused.length === 0) return
  await releaseLocks(
    execute,
    numbers.filter(number => !refused.includes(number)),
  )
  throw new Locked(await holderOf(execute, refused), purpose, letsGo)
}

/** Gives locks back that this session holds. */
export async function releaseLocks(execute: Execute, numbers: readonly string[]): Promise<void> {
  await execute('select pg_advisory_unlock(k.number) from unnest($1::bigint[]) as k (number)', [
    arrayOf(numbers),
  ])
}

/** Notes are locks too, shared, so that they end with the session: the first number says that it is one. */
const noteNumber = 1_936_028_520
/** Seconds since 1970 of the earliest note: what is left fits the second number until 2091. */
const noteEpoch = 1_700_000_000

/** Notes when this session has taken its locks, for those whom they keep out. Gives the note. */
export async function noteTime(execute: Execute): Promise<string> {
  const { rows } = await execute(
    `select n.note::text, pg_advisory_lock_shared(${noteNumber}, n.note)
from (select (extract(epoch from clock_timestamp())::bigint - ${noteEpoch})::int as note) as n`,
    [],
  )
  return String(rows[0]?.[0])
}

export async function forgetTime(execute: Execute, note: string): Promise<void> {
  await execute(`select pg_advisory_unlock_shared(${noteNumber}, $1::int)`, [note])
}

/** When the session of `pg_locks as l` has taken its locks; for one that has noted nothing, when it connected. */
export const heldSince = `coalesce(
        (select to_timestamp(max(n.objid::bigint) + ${noteEpoch}) from pg_catalog.pg_locks as n
        where n.pid = l.pid and n.locktype = 'advisory' and n.objsubid = 2 and n.classid::bigint = ${noteNumber}),
        a.backend_start
    )`

/** Undefined when it has let go in the meantime. */
async function holderOf(execute: Execute, numbers: readonly string[]): Promise<LockHolder | undefined> {
  const { rows } = await execute(
    `select nullif(a.application_name, ''), host(a.client_addr), l.pid::text,
    to_char(${heldSince}, 'YYYY-MM-DD HH24:MI:SS')
from pg_catalog.pg_locks as l
inner join pg_catalog.pg_database as d on d.oid = l.database
left join pg_catalog.pg_stat_activity as a on a.pid = l.pid
where l.locktype = 'advisory' and l.granted and l.objsubid = 1 and d.datname = current_database()
    and ((l.classid::bigint << 32) | l.objid::bigint) = any ($1::bigint[])
order by a.backend_start nulls last, l.pid
limit 1`,
    [arrayOf(numbers)],
  )
  const row = rows[0]
  if (row === undefined) return undefined
  // The server hides address and time of another user's session from those who may not see them.
  const [application, address, pid, since] = row
  const details = [`server process ${pid}`, ...(address ? [`from ${address}`] : [])]
  return {
    who: sessionInWords(String(application ?? 'a session without a name'), details),
    since: since ? `${since} UTC` : 'an unknown time',
  }
}

const arrayOf = (numbers: readonly string[]): string => `{${numbers.join(',')}}`
