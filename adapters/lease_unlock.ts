// The leases of a project on a warehouse without locks of its own: the rows that name a holder, and their end. A run that
// still lives finds out before its next commit, and stops.

import { sqlName } from '../compiler/relation.js'
import type { Dialect } from './dialect.js'
import type { Driver, LockKey } from './driver.js'
import type { HeldLock, Locks } from './held_lock.js'
import { freeSql, inOrder, leaseOf } from './lease.js'

/** @param driver closed with the locks */
export async function leaseLocks(
  driver: Driver,
  dialect: Pick<Dialect, 'now' | 'tableExists'>,
  keys: readonly LockKey[],
): Promise<Locks> {
  const held: (HeldLock & { readonly key: LockKey; readonly id: string })[] = []
  for (const key of inOrder(keys)) {
    const table = leaseOf(key)
    const { rows: there } = await driver.execute(dialect.tableExists(table))
    if (there[0]?.[0] !== true) continue
    const { rows } = await driver.execute(
      `select holder_id, holder, to_char(held_since, 'YYYY-MM-DD HH24:MI:SS'), case when expires < ${dialect.now} then 1 else 0 end
from ${sqlName(table)}
where holder_id is not null`,
    )
    for (const [id, holder, since, lapsed] of rows)
      held.push({
        key,
        id: String(id),
        lock: sqlName(table),
        who: String(holder ?? 'unknown'),
        since: String(since),
        state: Number(lapsed) === 1 ? 'gone' : 'held',
      })
  }
  return {
    held,
    consequence: 'A run that still works loses its lock, finds out before its next commit, and stops.',
    free: async () => {
      for (const { key, id } of held) await driver.execute(freeSql(key, id))
    },
    close: () => driver.close(),
  }
}
