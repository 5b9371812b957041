// Every warehouse whose compiled SQL is executed by tests: Postgres' on PGlite and on a server, Redshift's and Snowflake's
// on emulations.

import type { Dialect } from '../adapters/dialect.js'
import type { Driver } from '../adapters/driver.js'
import { postgresDialect } from '../adapters/postgres/dialect.js'
import { redshiftDialect } from '../adapters/redshift/dialect.js'
import { snowflakeDialect } from '../adapters/snowflake/dialect.js'
import { addContextColumns, createAtomic, loadAtomic, loadContextColumns } from './atomic_events.js'
import { type Emulation, emulate } from './emulation/emulated_driver.js'
import { redshiftEmulation } from './emulation/redshift.js'
import { snowflakeEmulation } from './emulation/snowflake.js'
import { connectTo } from './module_runs.js'
import type { WebData } from './oracle/web_data.js'
import { databases, openFastest, type TestDatabase } from './support.js'

export interface TestWarehouse {
  readonly name: string
  readonly dialect: Dialect
  /** @returns the database that the tests look into, and the driver that takes the warehouse's SQL */
  open(): Promise<{ readonly database: TestDatabase; readonly driver: Driver }>
  /** Makes empty tables of events and contexts; what was there is dropped. */
  createEvents(database: TestDatabase): Promise<void>
  /** @param all every load, whose contexts an event brings along where they stand in it */
  loadEvents(database: TestDatabase, load: WebData, all: WebData): Promise<void>
}

const native = databases.map(
  ({ name, open }): TestWarehouse => ({
    name,
    dialect: postgresDialect,
    async open() {
      const database = await open()
      return { database, driver: await connectTo(database) }
    },
    createEvents: createAtomic,
    loadEvents: loadAtomic,
  }),
)

const openEmulated = (emulation: Emulation) => async () => {
  const database = await openFastest()
  return { database, driver: await emulate(await connectTo(database), emulation) }
}

export const emulatedWarehouses: readonly TestWarehouse[] = [
  {
    name: 'emulated Redshift',
    dialect: redshiftDialect,
    open: openEmulated(redshiftEmulation),
    createEvents: createAtomic,
    loadEvents: loadAtomic,
  },
  {
    name: 'emulated Snowflake',
    dialect: snowflakeDialect,
    open: openEmulated(snowflakeEmulation),
    createEvents: addContextColumns,
    loadEvents: loadContextColumns,
  },
]

export const warehouses: readonly TestWarehouse[] = [...native, ...emulatedWarehouses]
