// The tables of events and contexts, as a pipeline would fill them, in a test's database.

import { EVENTS, IAB, type Table, UA_PARSER, WEB_PAGE, YAUAA } from './oracle/columns.js'
import type { Row, Value } from './oracle/rows.js'
import type { WebData } from './oracle/web_data.js'
import type { TestDatabase } from './support.js'

const inputs: readonly {
  readonly table: Table
  readonly name: string
  rowsOf(data: WebData): readonly Row[]
}[] = [
  { table: EVENTS, name: 'events', rowsOf: data => data.events },
  { table: WEB_PAGE, name: 'com_snowplowanalytics_snowplow_web_page_1', rowsOf: data => data.webPages },
  { table: IAB, name: 'com_iab_snowplow_spiders_and_robots_1', rowsOf: data => data.iab },
  {
    table: UA_PARSER,
    name: 'com_snowplowanalytics_snowplow_ua_parser_context_1',
    rowsOf: data => data.uaParser,
  },
  { table: YAUAA, name: 'nl_basjes_yauaa_context_1', rowsOf: data => data.yauaa },
]

const types = { text: 'varchar', int: 'integer', double: 'double precision', boolean: 'boolean' } as const

const typeOf = ({ kind, length }: Table['columns'][number]): string =>
  kind === 'timestamp' ? 'timestamp' : kind === 'text' ? `varchar(${length})` : types[kind]

/** Creates the schema `atomic` anew, with empty tables; everything that was there is dropped. */
export async function createAtomic(database: TestDatabase): Promise<void> {
  await database.query('drop schema if exists atomic cascade')
  await database.query('create schema atomic')
  for (const { table, name } of inputs) {
    const columns = table.columns.map(column => `${column.name} ${typeOf(column)}`).join(', ')
    await database.query(`create table atomic.${name} (${columns})`)
  }
}

/** Adds the rows of a load to the tables. */
export async function loadAtomic(database: TestDatabase, data: WebData): Promise<void> {
  for (const { table, name, rowsOf } of inputs) {
    const columns = table.columns.map(column => column.name)
    const rows = rowsOf(data).map(row => columns.map(column => asText(row[column] ?? null)))
    if (rows.length > 0) await database.load({ schema: 'atomic', name }, columns, rows)
  }
}

const asText = (value: Value): string | null => (value === null ? null : String(value))
