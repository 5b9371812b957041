// A lock for warehouses without one that ends with its session: a row that names its holder, and lapses when the holder no
// longer renews it. What is committed on its strength is committed while nobody can take it over (docs/decisions/0015).

import { randomUUID } from 'node:crypto'
import { setTimeout } from 'node:timers/promises'
import { type Relation, sqlName } from '../compiler/relation.js'
import { type Dialect, noLayout } from './dialect.js'
import type { Driver, Lock, LockHolder, LockKey } from './driver.js'
import type { LeaseConnection } from './lease_connection.js'
import { lockLost } from './lock_lost.js'
import { Locked, sessionInWords } from './locked.js'
import { sinceNow } from './out_of_sight.js'
import { StatementFault } from './statement_fault.js'

/** After this a lease that was not renewed is anybody's. */
const leaseSeconds = 120
const renewMillis = 30_000
/** Two renewals have failed: before anything is done it has to be asked whether the lease is still ours. */
const doubtMillis = 75_000
/** As long as that a transaction of a holder that is silent may keep its successor waiting. */
const takeMillis = 5_000

export type LeaseDialect = Pick<
  Dialect,
  'now' | 'createSchema' | 'schemaExists' | 'createTableAs' | 'tableExists' | 'literal'
>

/** How a warehouse keeps a lease from being taken over while a transaction commits. */
export interface LeaseGuard {
  /** In that transaction: whoever takes the lease over waits for its end. Those of one run need not wait for one another. */
  hold(lease: string, id: string): string
  /** What taking a lease begins with, in its own transaction, so that it waits for those that hold it. */
  readonly exclude: (lease: string) => readonly string[]
}

/** Leases of this process that it could not give back: it has ended what it did under them, so they are free for it. */
const orphans = new Set<string>()

/**
 * Takes every lock or none, and renews them until they are released.
 * @param connection of the lease's own; stays open
 * @param holder who takes it, such as `seshat run host:4711`
 * @throws Faults `locked`, exit code 3, with who holds one of them and since when
 */
export async function takeLease(
  connection: LeaseConnection,
  dialect: LeaseDialect,
  guard: LeaseGuard,
  keys: readonly LockKey[],
  holder: string,
  purpose: string,
): Promise<Lock> {
  const lease = new Lease(connection, dialect, guard, holder)
  try {
    // In one order everywhere, so that of two runs that want the same locks one gets them all.
    for (const key of inOrder(keys)) await lease.take(key, purpose)
  } catch (reason) {
    await lease.release()
    throw reason
  }
  return lease
}

class Lease implements Lock {
  readonly #id = randomUUID()
  readonly #taken: LockKey[] = []
  readonly #timer: NodeJS.Timeout
  #silence = sinceNow()
  #released: Promise<void> | undefined

  constructor(
    private readonly connection: LeaseConnection,
    private readonly dialect: LeaseDialect,
    private readonly guard: LeaseGuard,
    private readonly holder: string,
  ) {
    // Where that fails, or the lease is somebody else's, the silence grows until somebody asks.
    this.#timer = setInterval(() => void this.#renew().catch(() => undefined), renewMillis).unref()
  }

  async take(key: LockKey, purpose: string): Promise<void> {
    const table = sqlName(leaseOf(key))
    await persistently(() => prepare(this.connection, this.dialect, key))
    const refuse = (found: Found): never => {
      throw new Locked(found.holder, purpose, `One that died lets go after ${leaseSeconds} seconds.`)
    }
    const before = await this.#find(key)
    if (!before.free) refuse(before)
    const statements = [...this.guard.exclude(table), this.#takeSql(table)]
    await persistently(() => this.connection.transaction(statements, takeMillis)).catch(reason => {
      throw isCancelled(reason) ? refuse(before) : reason
    })
    const after = await this.#find(key)
    if (after.id !== this.#id) refuse(after)
    this.#taken.push(key)
  }

  async check(committing?: Pick<Driver, 'execute'>): Promise<void> {
    if (committing === undefined) return this.#renew()
    for (const key of this.#taken) await committing.execute(this.guard.hold(sqlName(leaseOf(key)), this.#id))
    // A statement of its own, so that it sees who has taken the lease before we held it.
    for (const key of this.#taken) if ((await this.#find(key)).id !== this.#id) throw takenOver(key)
  }

  mayHaveLapsed(): boolean {
    return this.#silence() > doubtMillis
  }

  release(): Promise<void> {
    clearInterval(this.#timer)
    this.#released ??= this.#giveBack()
    return this.#released
  }

  async #renew(): Promise<void> {
    const silence = sinceNow()
    for (const key of this.#taken) {
      const { rowCount } = await this.connection.execute(this.#renewSql(key))
      if (rowCount === 0) throw takenOver(key)
    }
    this.#silence = silence
  }

  async #giveBack(): Promise<void> {
    for (const key of this.#taken.splice(0))
      await this.connection.execute(freeSql(key, this.#id)).catch(() => orphans.add(this.#id))
  }

  async #find(key: LockKey): Promise<Found> {
    const { rows } = await this.connection.execute(
      `select holder_id, holder, to_char(held_since, 'YYYY-MM-DD HH24:MI:SS'), case when expires < ${this.dialect.now} then 1 else 0 end
from ${sqlName(leaseOf(key))}`,
    )
    const [id = null, holder, since, lapsed] = rows[0] ?? []
    return {
      id,
      free: id === null || Number(lapsed) === 1 || orphans.has(String(id)),
      holder: id === null ? undefined : { who: sessionInWords(String(holder)), since: `${since} UTC` },
    }
  }

  /** An update, since of two at once one waits for the other and then finds the row taken. */
  #takeSql(table: string): string {
    const { now, literal } = this.dialect
    const left = [...orphans].map(id => ` or holder_id = '${id}'`).join('')
    return `update ${table}
set holder_id = '${this.#id}', holder = ${literal(this.holder.slice(0, 255))}, held_since = ${now}, expires = ${lapses(this.dialect)}
where holder_id is null or expires < ${now}${left}`
  }

  #renewSql(key: LockKey): string {
    return `update ${sqlName(leaseOf(key))}\nset expires = ${lapses(this.dialect)}\nwhere holder_id = '${this.#id}'`
  }
}

/** A lease as it stands. */
interface Found {
  readonly id: unknown
  readonly free: boolean
  readonly holder: LockHolder | undefined
}

const takenOver = ({ schema }: LockKey): Error =>
  lockLost(`Another run has taken over the lock on ${schema}, since this one did not renew it in time.`)

const isCancelled = (reason: unknown): boolean =>
  reason instanceof StatementFault && reason.diagnostics[0]?.code === 'statement-cancelled'

/** Two that create one table at once, or change one row, can get in each other's way: one fails, and does it again. */
async function persistently(work: () => Promise<unknown>): Promise<void> {
  for (let attempt = 1; ; attempt += 1) {
    try {
      await work()
      return
    } catch (reason) {
      if (!(reason instanceof StatementFault) || isCancelled(reason) || attempt === 10) throw reason
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

async function prepare(connection: LeaseConnection, dialect: LeaseDialect, key: LockKey): Promise<void> {
  const lease = leaseOf(key)
  const holds = async (question: string): Promise<boolean> =>
    (await connection.execute(question)).rows[0]?.[0] === true
  if (await holds(dialect.tableExists(lease))) return
  if (!(await holds(dialect.schemaExists(lease.schema))))
    await connection.execute(dialect.createSchema(lease.schema))
  const columns = [
    'cast(null as varchar(64)) as holder_id',
    'cast(null as varchar(255)) as holder',
    `${dialect.now} as held_since`,
    `${dialect.now} as expires`,
  ]
  await connection.execute(dialect.createTableAs(lease, `select ${columns.join(', ')}`, 'durable', noLayout))
}

const lapses = ({ now }: LeaseDialect): string => `dateadd('second', ${leaseSeconds}, ${now})`

export const freeSql = (key: LockKey, id: string): string =>
  `update ${sqlName(leaseOf(key))}\nset holder_id = null\nwhere holder_id = '${id}'`
