// A server that speaks as much of Snowflake's protocol as snowflake-sdk needs, and executes on the emulation.

import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { gunzipSync } from 'node:zlib'
import type { Driver, QueryResult, Value } from '../../adapters/driver.js'
import { StatementFault } from '../../adapters/statement_fault.js'
import { Faults } from '../../compiler/diagnostics.js'
import { rewritten } from './emulated_driver.js'
import { snowflakeEmulation } from './snowflake.js'

export interface SnowflakeServer {
  readonly port: number
  /** Everything that was asked of it, as it came. */
  readonly requests: readonly Request[]
  stop(): Promise<void>
}

interface Request {
  readonly path: string
  readonly body: Body
}

interface Body {
  readonly data?: Readonly<Record<string, unknown>>
  readonly sqlText?: string
  readonly bindings?: Readonly<Record<string, { readonly value: string | null }>>
}

interface Options {
  /** A connection to a database that the emulation was set up in, for a new session. */
  readonly openSession: () => Promise<Driver>
  readonly user: string
  readonly password: string
}

/** What sessions are set to; the answer to a query says so too. */
const outputFormats = [
  { name: 'TIMESTAMP_NTZ_OUTPUT_FORMAT', value: 'YYYY-MM-DD HH24:MI:SS.FF6' },
  { name: 'DATE_OUTPUT_FORMAT', value: 'YYYY-MM-DD' },
  { name: 'TIMEZONE', value: 'UTC' },
]

const timestamp = /^\d{4}-\d\d-\d\d \d\d:\d\d:\d\d(\.\d+)?$/

export async function startSnowflakeServer(options: Options): Promise<SnowflakeServer> {
  const sessions = new Map<string, Driver>()
  const requests: Request[] = []
  const server = createServer((request, response) => {
    answer(request)
      .catch((reason: unknown) => ({ success: false, code: '000001', message: String(reason), data: {} }))
      .then(body => send(response, body))
  })
  const answer = async (request: IncomingMessage): Promise<unknown> => {
    const { pathname } = new URL(request.url ?? '/', 'http://localhost')
    const body = await bodyOf(request)
    requests.push({ path: pathname, body })
    if (pathname === '/session/v1/login-request') return login(body)
    const token = /Token="([^"]+)"/.exec(request.headers.authorization ?? '')?.[1] ?? ''
    const session = sessions.get(token)
    if (!session) return { success: false, code: '390104', message: 'Session no longer exists.', data: {} }
    if (pathname === '/queries/v1/query-request') return query(session, body)
    if (pathname === '/queries/v1/abort-request') await session.cancel()
    if (pathname === '/session') await session.close()
    return { success: true, data: null }
  }
  const login = async ({ data = {} }: Body): Promise<unknown> => {
    if (data['LOGIN_NAME'] !== options.user || data['PASSWORD'] !== options.password)
      return {
        success: false,
        code: '390100',
        message: `Incorrect username or password was specified: ${String(data['PASSWORD'])}.`,
        data: {},
      }
    const token = `session-${sessions.size + 1}`
    sessions.set(token, await options.openSession())
    return {
      success: true,
      data: { token, masterToken: `master-${token}`, parameters: outputFormats, sessionInfo: {} },
    }
  }
  await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve))
  return {
    port: (server.address() as AddressInfo).port,
    requests,
    stop: async () => {
      for (const session of sessions.values()) await session.close()
      server.closeAllConnections()
      await new Promise(resolve => server.close(resolve))
    },
  }
}

async function bodyOf(request: IncomingMessage): Promise<Body> {
  const chunks: Buffer[] = []
  for await (const chunk of request) chunks.push(chunk as Buffer)
  const raw = Buffer.concat(chunks)
  const text = (request.headers['content-encoding'] === 'gzip' ? gunzipSync(raw) : raw).toString()
  return text === '' ? {} : (JSON.parse(text) as Body)
}

function send(response: ServerResponse, body: unknown): void {
  response.setHeader('content-type', 'application/json')
  response.end(JSON.stringify(body))
}

async function query(session: Driver, { sqlText = '', bindings }: Body): Promise<unknown> {
  if (/^alter session set /i.test(sqlText)) return done('Statement executed successfully.')
  const values = Object.entries(bindings ?? {}).sort(([a], [b]) => Number(a) - Number(b))
  try {
    let result: QueryResult = { columns: [], rows: [], rowCount: 0 }
    for (const sql of rewritten(sqlText, snowflakeEmulation))
      result = await session.execute(
        numbered(sql, values.length),
        values.map(([, { value }]) => value),
      )
    return answerOf(sqlText, result)
  } catch (reason) {
    return failure(reason, sqlText)
  }
}

const numbered = (sql: string, count: number): string => {
  let place = 0
  return count === 0 ? sql : sql.replaceAll('?', () => `$${++place}`)
}

const dml = {
  insert: ['inserted', 0x3100],
  update: ['updated', 0x3200],
  delete: ['deleted', 0x3300],
} as const

function answerOf(sql: string, result: QueryResult): unknown {
  const word = /^(--[^\n]*\n|\s)*(\w+)/.exec(sql)?.[2]?.toLowerCase() ?? ''
  if (word === 'insert' || word === 'update' || word === 'delete') {
    const [what, statementTypeId] = dml[word]
    const rowtype = [columnOf(`number of rows ${what}`, [result.rowCount])]
    return success({ rowtype, rowset: [[String(result.rowCount)]], statementTypeId })
  }
  if (word !== 'select' && word !== 'with') return done('Statement executed successfully.')
  const rowtype = result.columns.map((name, index) =>
    columnOf(
      name.toUpperCase(),
      result.rows.map(row => row[index] ?? null),
    ),
  )
  const rowset = result.rows.map(row => row.map((value, index) => rawValue(value, rowtype[index]?.type)))
  return success({ rowtype, rowset, statementTypeId: 0x1000 })
}

const done = (status: string): unknown =>
  success({ rowtype: [columnOf('status', [status])], rowset: [[status]], statementTypeId: 0x6000 })

const success = (
  data: Readonly<Record<string, unknown>> & { readonly rowset: readonly unknown[] },
): unknown => ({
  success: true,
  data: {
    ...data,
    total: data.rowset.length,
    returned: data.rowset.length,
    queryId: '01b00000-0000-0000-0000-000000000001',
    queryResultFormat: 'json',
    parameters: outputFormats,
    version: 1,
  },
})

/** Postgres' driver tells no types, but its values do. */
function columnOf(name: string, values: readonly Value[]) {
  const present = values.filter(value => value !== null)
  const is = (fits: (value: Value) => boolean): boolean => present.length > 0 && present.every(fits)
  const type = is(value => typeof value === 'boolean')
    ? 'boolean'
    : is(value => typeof value === 'number' && Number.isInteger(value)) ||
        is(value => /^-?\d{16,}$/.test(String(value)))
      ? 'fixed'
      : is(value => typeof value === 'number')
        ? 'real'
        : is(value => timestamp.test(String(value)))
          ? 'timestamp_ntz'
          : 'text'
  return {
    name,
    type,
    scale: type === 'timestamp_ntz' ? 9 : 0,
    precision: 38,
    nullable: true,
    length: 16_777_216,
  }
}

function rawValue(value: Value, type: string | undefined): string | null {
  if (value === null) return null
  if (type === 'boolean') return value ? '1' : '0'
  if (type !== 'timestamp_ntz') return String(value)
  const [whole = '', fraction = ''] = String(value).split('.')
  return `${Date.parse(`${whole.replace(' ', 'T')}Z`) / 1000}.${fraction.padEnd(9, '0')}`
}

const numbers: Readonly<Record<string, string>> = {
  '42P01': '002003',
  '42501': '003001',
  '57014': '000604',
}

function failure(reason: unknown, sql: string): unknown {
  if (!(reason instanceof StatementFault)) {
    const text = reason instanceof Faults ? reason.message : String(reason)
    return { success: false, code: '000001', message: text, data: { sqlState: '58000' } }
  }
  const before = sql.slice(0, reason.position ?? 0).split('\n')
  const place = `line ${before.length} at position ${before.at(-1)?.length ?? 0}`
  const sqlState = reason.sqlstate === '42P01' ? '42S02' : reason.sqlstate
  return {
    success: false,
    code: numbers[reason.sqlstate] ?? '001003',
    message: `SQL compilation error: error ${place}\n${reason.message}`,
    data: { sqlState, queryId: '01b00000-0000-0000-0000-000000000002', internalError: false },
  }
}
