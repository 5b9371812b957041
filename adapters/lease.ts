// A lock for warehouses without one that ends with its session: a row that names its holder, and lapses when the holder no
// longer renews it.

import { randomUUID } from 'node:crypto'
import { setTimeout } from 'node:timers/promises'
import { error, Faults } from '../compiler/diagnostics.js'
import { type Relation, sqlName } from '../compiler/relation.js'
import { type Dialect, noLayout } from './dialect.js'
import type { Driver, Lock, LockKey } from './driver.js'
import { lockLost } from './lock_lost.js'
import { StatementFault } from './statement_fault.js'

/** After this a lease that was not renewed is anybody's. */
const leaseSeconds = 120
const renewMillis = 30_000

type LeaseDialect = Pick<
  Dialect,
  'now' | 'createSchema' | 'schemaExists' | 'createTableAs' | 'tableExists' | 'literal'
>

/**
 * Takes every lock or none, and renews them until they are released.
 * @param driver a connection of the lease's own, since the run's is busy with long statements; closed at the end
 * @param holder who takes it, such as `seshat run host:4711`
 * @throws Faults `locked`, exit code 3, with who holds one of them and since when
 */
export async function takeLease(
  driver: Driver,
  dialect: LeaseDialect,
  keys: readonly LockKey[],
  holder: string,
  purpose: string,
): Promise<Lock> {
  const id = randomUUID()
  const taken: LockKey[] = []
  let released: Promise<void> | undefined
  const giveBack = async (): Promise<void> => {
    for (const key of taken.splice(0)) await driver.execute(freeSql(key, id)).catch(() => undefined)
    await driver.close()
  }
  try {
    // In one order everywhere, so that of two runs that want the same locks one gets them all.
    for (const key of inOrder(keys)) {
      await persistently(() => prepare(driver, dialect, key))
      await persistently(() => driver.execute(takeSql(dialect, key, id, holder)))
      const { rows } = await driver.execute(holderSql(key))
      if (rows.some(([owner]) => owner !== id)) throw locked(rows[0] ?? [], purpose)
      taken.push(key)
    }
  } catch (reason) {
    await giveBack()
    throw reason
  }
  const renew = setInterval(() => {
    for (const key of taken) driver.execute(renewSql(dialect, key, id)).catch(() => undefined)
  }, renewMillis)
  renew.unref()
  return {
    check: async () => {
      for (const key of taken) {
        const { rowCount } = await driver.execute(renewSql(dialect, key, id))
        if (rowCount === 0)
          throw lockLost(
            `Another run has taken over the lock on ${key.schema}, since this one did not renew it in time.`,
          )
      }
    },
    release: () => {
      clearInterval(renew)
      released ??= giveBack()
      return released
    },
  }
}

/** Two that create one table at once, or change one row, can get in each other's way: one fails, and does it again. */
async function persistently(work: () => Promise<unknown>): Promise<void> {
  for (let attempt = 1; ; attempt += 1) {
    try {
      await work()
      return
    } catch (reason) {
      if (!(reason instanceof StatementFault) || attempt === 10) throw reason
      await setTimeout(20 * attempt)
    }
  }
}

export const inOrder = (keys: readonly LockKey[]): readonly LockKey[] =>
  [...new Map(keys.map(key => [`${key.schema} ${key.name}`, key])).entries()]
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([, key]) => key)

/** A table for each lock, made with its only row in one statement: of two that make it at once, one fails. */
export const leaseOf = ({ schema, name }: LockKey): Relation => ({ schema, name: `seshat_lease_${name}` })

async function prepare(driver: Driver, dialect: LeaseDialect, key: LockKey): Promise<void> {
  const lease = leaseOf(key)
  const holds = async (question: string): Promise<boolean> =>
    (await driver.execute(question)).rows[0]?.[0] === true
  if (await holds(dialect.tableExists(lease))) return
  if (!(await holds(dialect.schemaExists(lease.schema))))
    await driver.execute(dialect.createSchema(lease.schema))
  const columns = [
    'cast(null as varchar(64)) as holder_id',
    'cast(null as varchar(255)) as holder',
    `${dialect.now} as held_since`,
    `${dialect.now} as expires`,
  ]
  await driver.execute(dialect.createTableAs(lease, `select ${columns.join(', ')}`, 'durable', noLayout))
}

const lapses = ({ now }: LeaseDialect): string => `dateadd('second', ${leaseSeconds}, ${now})`

/** An update, since of two at once one waits for the other and then finds the row taken. */
const takeSql = (dialect: LeaseDialect, key: LockKey, id: string, holder: string): string =>
  `update ${sqlName(leaseOf(key))}
set holder_id = '${id}', holder = ${dialect.literal(holder.slice(0, 255))}, held_since = ${dialect.now}, expires = ${lapses(dialect)}
where holder_id is null or expires < ${dialect.now}`

const holderSql = (key: LockKey): string =>
  `select holder_id, holder, to_char(held_since, 'YYYY-MM-DD HH24:MI:SS') from ${sqlName(leaseOf(key))}`

const renewSql = (dialect: LeaseDialect, key: LockKey, id: string): string =>
  `update ${sqlName(leaseOf(key))}\nset expires = ${lapses(dialect)}\nwhere holder_id = '${id}'`

export const freeSql = (key: LockKey, id: string): string =>
  `update ${sqlName(leaseOf(key))}\nset holder_id = null\nwhere holder_id = '${id}'`

const locked = (row: readonly unknown[], purpose: string): Faults =>
  new Faults(
    [
      error('locked', `Another run holds the lock that ${purpose} needs: ${row[1]}, since ${row[2]}.`, {
        hint: `Wait for it to end. If it died, the lock lapses ${leaseSeconds} seconds after it last said that it lives.`,
      }),
    ],
    3,
  )
