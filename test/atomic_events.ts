// The tables of events and contexts, as a pipeline would fill them, in a test's database.

import { byRoot, contextsOf } from './oracle/base.js'
import { EVENTS, IAB, type Table, UA_PARSER, WEB_PAGE, YAUAA } from './oracle/columns.js'
import { byValue, inOrder, type Row, type Value } from './oracle/rows.js'
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
export async function createAtomic(database: Pick<TestDatabase, 'query'>): Promise<void> {
  await database.query('drop schema if exists atomic cascade')
  await database.query('create schema atomic')
  for (const { table, name } of inputs) {
    const columns = table.columns.map(column => `${column.name} ${typeOf(column)}`).join(', ')
    await database.query(`create table atomic.${name} (${columns})`)
  }
}

/** Adds the rows of a load to the tables. */
export async function loadAtomic(database: Pick<TestDatabase, 'load'>, data: WebData): Promise<void> {
  for (const { table, name, rowsOf } of inputs) {
    const columns = table.columns.map(column => column.name)
    const rows = rowsOf(data).map(row => columns.map(column => asText(row[column] ?? null)))
    if (rows.length > 0) await database.load({ schema: 'atomic', name }, columns, rows)
  }
}

const asText = (value: Value): string | null => (value === null ? null : String(value))

const contexts = inputs.slice(1)

/** Creates the events as Snowflake has them: contexts are arrays of objects in columns of the event. */
export async function addContextColumns(database: TestDatabase): Promise<void> {
  await createAtomic(database)
  for (const { name } of contexts) {
    await database.query(`alter table atomic.events add column contexts_${name} jsonb`)
    await database.query(`drop table atomic.${name}`)
  }
}

/** @param all the contexts of every load: there an event comes with its own */
export async function loadContextColumns(database: TestDatabase, load: WebData, all: WebData): Promise<void> {
  const arrays = contexts.map(({ table, name, rowsOf }) => ({
    column: `contexts_${name}`,
    objects: byRoot(leastFirst(rowsOf(all), table)),
    table,
  }))
  const columns = EVENTS.columns.map(column => column.name)
  const rows = load.events.map(event => [
    ...columns.map(column => asText(event[column] ?? null)),
    ...arrays.map(({ objects, table }) => {
      const found = contextsOf(event, objects)
      return found.length > 0 ? JSON.stringify(found.map(row => fieldsOf(row, table))) : null
    }),
  ])
  if (rows.length > 0)
    await database.load(
      { schema: 'atomic', name: 'events' },
      [...columns, ...arrays.map(({ column }) => column)],
      rows,
    )
}

/** Only element 0 of an enrichment counts there; which one that is, is the pipeline's to say. */
const leastFirst = (rows: readonly Row[], table: Table): readonly Row[] => {
  const fields = table.columns.slice(2)
  return [...rows].sort(inOrder(...fields.map(({ name }) => byValue(name))))
}

const camelCase = (name: string): string =>
  name.replaceAll(/_([a-z])/g, (_, letter: string) => letter.toUpperCase())

const fieldsOf = (row: Row, table: Table): Record<string, unknown> =>
  Object.fromEntries(table.columns.slice(2).map(({ name }) => [camelCase(name), row[name] ?? null]))
