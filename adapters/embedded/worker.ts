// The thread in which PGlite runs, so that a long statement does not keep progress and Ctrl-C waiting. Takes
// where the database is as its workerData and then requests, one at a time.

import { parentPort, workerData } from 'node:worker_threads'
import { PGlite, protocol } from '@electric-sql/pglite'
import type { QueryResult, Value } from '../driver.js'
import { numberColumns, parseValue } from '../postgres/driver_values.js'
import { emptyDatabase } from './empty_database.js'
import type { DatabasePlace, Reply, Request } from './messages.js'

const { messages, serialize } = protocol
const said: string[] = []

/** What Postgres wrote to its standard error last: why it did not start. */
const lastWords = (reason: unknown): string =>
  [...said.slice(-5), String(reason instanceof Error ? reason.message : reason)].join('\n').slice(0, 1000)

function reply(message: Reply): void {
  parentPort?.postMessage(message)
}

async function open(place: DatabasePlace): Promise<PGlite | undefined> {
  try {
    const onStderr = (text: string) => said.push(text) > 0
    const begins = place === 'memory' || place.isNew ? { loadDataDir: emptyDatabase() } : {}
    const database =
      place === 'memory'
        ? await PGlite.create({ onStderr, ...begins })
        : await PGlite.create(place.directory, { relaxedDurability: false, onStderr, ...begins })
    said.length = 0
    reply({ opened: true })
    return database
  } catch (reason) {
    reply({ broken: lastWords(reason) })
    return undefined
  }
}

async function handle(database: PGlite, request: Request): Promise<void> {
  try {
    if ('close' in request) {
      await database.close()
      reply({ closed: true })
    } else {
      reply(await execute(database, request.sql, request.parameters))
    }
  } catch (reason) {
    reply({ broken: lastWords(reason) })
  }
}

/**
 * Runs one statement in one exchange of the extended protocol. PGlite's own `query` takes a statement that
 * crashed for one without rows: it drops the exceptions of the WASM code, a stack overflow for one. Only the
 * server's word that each step is complete shows that it is.
 */
async function execute(
  database: PGlite,
  sql: string,
  parameters: readonly (string | null)[],
): Promise<Reply> {
  const received = await database.execProtocolStream(
    joined([
      serialize.parse({ text: sql }),
      serialize.bind({ values: [...parameters] }),
      serialize.describe({ type: 'P' }),
      serialize.execute({}),
      serialize.sync(),
    ]),
    { throwOnError: false },
  )
  const failure = received.find(message => message instanceof messages.DatabaseError)
  if (failure instanceof messages.DatabaseError) {
    const { code = 'XX000', message, detail, hint, where, position } = failure
    if (isCrash(failure, received)) return { broken: message }
    return { refused: { message, code, detail, hint, where, position } }
  }
  return answerOf(received) ?? { broken: 'Postgres stopped in the middle of the statement.' }
}

type Received = Awaited<ReturnType<PGlite['execProtocolStream']>>

const has = (received: Received, name: Received[number]['name']): boolean =>
  received.some(message => message.name === name)

/** A crash in one step shows as an error of the next: there is no statement (26000), no portal (34000). */
const isCrash = (
  { severity, code }: InstanceType<typeof messages.DatabaseError>,
  received: Received,
): boolean =>
  severity === 'FATAL' ||
  severity === 'PANIC' ||
  (code === '26000' && !has(received, 'parseComplete')) ||
  (code === '34000' && !has(received, 'bindComplete'))

/** Undefined when the server did not say of every step that it is complete. */
function answerOf(received: Received): { readonly answer: QueryResult } | undefined {
  let types: readonly number[] = []
  let columns: readonly string[] = []
  let tag: string | undefined
  const rows: Value[][] = []
  for (const message of received) {
    if (message instanceof messages.RowDescriptionMessage) {
      types = message.fields.map(field => field.dataTypeID)
      columns = message.fields.map(field => field.name)
    } else if (message instanceof messages.DataRowMessage) {
      rows.push(message.fields.map((text, i) => (text === null ? null : parseValue(text, types[i] ?? 0))))
    } else if (message instanceof messages.CommandCompleteMessage) {
      tag = message.text
    } else if (message.name === 'emptyQuery') {
      tag = ''
    }
  }
  if (tag === undefined || !has(received, 'parseComplete') || !has(received, 'bindComplete')) return undefined
  const rowCount = Number(/\d+$/.exec(tag)?.[0] ?? 0)
  return { answer: { columns, numbers: numberColumns(types), rows, rowCount } }
}

function joined(parts: readonly Uint8Array[]): Uint8Array {
  const whole = new Uint8Array(parts.reduce((length, part) => length + part.length, 0))
  let offset = 0
  for (const part of parts) {
    whole.set(part, offset)
    offset += part.length
  }
  return whole
}

const database = await open(workerData as DatabasePlace)
if (database) parentPort?.on('message', (request: Request) => void handle(database, request))
