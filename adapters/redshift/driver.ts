// The driver of Redshift: Postgres' protocol, but fewer settings, a lease in place of advisory locks, and rows that are
// loaded as values, since there is no JSON to unpack.

import { type Relation, sqlName } from '../../compiler/relation.js'
import type { Driver, Lock, LockKey, Passed } from '../driver.js'
import { type LeaseGuard, takeLease } from '../lease.js'
import { LeaseConnection } from '../lease_connection.js'
import { connectAs, type PostgresConnection, PostgresDriver } from '../postgres/driver.js'
import { checkValues } from '../seed_values.js'
import type { LoadRows } from '../session.js'
import { redshiftDialect } from './dialect.js'

const settings = [
  ['timezone', 'UTC'],
  ['datestyle', 'ISO, MDY'],
  ['extra_float_digits', '1'],
] as const

/** @throws Faults as connectPostgres */
export const connectRedshift = (
  connection: PostgresConnection,
  application: string,
  passed?: Passed,
): Promise<Driver> => connectAs(RedshiftDriver, { settings, optional: [] }, connection, application, passed)

/** The protocol takes at most 32,767 parameters with a statement. */
const maxParameters = 30_000

const loadValues: LoadRows = async (execute, table, columns, rows) => {
  checkValues(table, columns, rows)
  if (columns.length === 0) return 0
  const rowsAtOnce = Math.max(1, Math.floor(maxParameters / columns.length))
  let loaded = 0
  for (let start = 0; start < rows.length; start += rowsAtOnce) {
    const chunk = rows.slice(start, start + rowsAtOnce)
    loaded += (await execute(insertStatement(table, columns, chunk.length), chunk.flat())).rowCount
  }
  return loaded
}

function insertStatement(table: Relation, columns: readonly string[], rows: number): string {
  const values = Array.from({ length: rows }, (_, row) => {
    const parameters = columns.map((_, column) => `$${row * columns.length + column + 1}`)
    return `(${parameters.join(', ')})`
  })
  return `insert into ${sqlName(table)} (${columns.join(', ')}) values\n${values.join(',\n')}`
}

/**
 * A table that was read stays locked against `lock table` until the end of the transaction; an update at its end would fail,
 * since the row has been renewed after it began. With the time in it, it is not answered from the cache of results.
 */
const leaseGuard: LeaseGuard = {
  hold: lease => `select holder_id, ${redshiftDialect.now} from ${lease}`,
  exclude: lease => [`lock table ${lease}`],
}

class RedshiftDriver extends PostgresDriver {
  readonly #leases = new LeaseConnection(() => connectRedshift(this.connection, this.application))
  #lock: Lock | undefined
  protected override readonly loadRows = loadValues

  override async lock(keys: readonly LockKey[], purpose: string): Promise<Lock> {
    this.refuseIfGone()
    this.#lock = await takeLease(this.#leases, redshiftDialect, leaseGuard, keys, this.application, purpose)
    return this.#lock
  }

  /** There are no advisory locks: the lease outlives the statements of a run that died. */
  override async share(): Promise<void> {}

  override async close(): Promise<void> {
    await this.#lock?.release()
    await this.#leases.close()
    await super.close()
  }
}
