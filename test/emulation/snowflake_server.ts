// A server that speaks as much of Snowflake's protocol as snowflake-sdk needs, and executes on the emulation.

import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { gunzipSync } from 'node:zlib'
import { answerOf, failureOf, outputFormats } from './snowflake_answers.js'
import { type Accounts, refusal } from './snowflake_login.js'
import { type Backend, type Bindings, SnowflakeSession } from './snowflake_session.js'

export interface SnowflakeServer {
  readonly port: number
  /** Everything that was asked of it, as it came. */
  readonly requests: readonly Request[]
  /** Lets the next requests of a path fail with an HTTP status, or go without an answer. */
  trouble(path: string, what: number | 'silence', times: number): void
  /** Every session is gone, as after a restart. */
  endSessions(): Promise<void>
  stop(): Promise<void>
}

interface Request {
  readonly path: string
  readonly query: URLSearchParams
  readonly body: Body
}

interface Body {
  readonly data?: Readonly<Record<string, unknown>>
  readonly sqlText?: string
  readonly bindings?: Bindings
}

interface Options extends Accounts {
  /** A connection to a database that the emulation was set up in, for a new session. */
  readonly openSession: () => Promise<Backend>
}

export const loginPath = '/session/v1/login-request'
export const queryPath = '/queries/v1/query-request'

export async function startSnowflakeServer(options: Options): Promise<SnowflakeServer> {
  const sessions = new Map<string, SnowflakeSession>()
  const requests: Request[] = []
  const troubles: { readonly path: string; readonly what: number | 'silence' }[] = []
  let opened = 0
  const server = createServer((request, response) => {
    answer(request)
      .catch((reason: unknown) => ({ success: false, code: '000001', message: String(reason), data: {} }))
      .then(body => send(response, body))
  })
  const answer = async (request: IncomingMessage): Promise<unknown> => {
    const { pathname: path, searchParams: query } = new URL(request.url ?? '/', 'http://localhost')
    const body = await bodyOf(request)
    requests.push({ path, query, body })
    const trouble = troubles.findIndex(each => each.path === path)
    if (trouble !== -1) return troubles.splice(trouble, 1)[0]?.what
    if (path === loginPath) return login(body)
    const token = /Token="([^"]+)"/.exec(request.headers.authorization ?? '')?.[1] ?? ''
    const session = sessions.get(token)
    if (!session) return { success: false, code: '390104', message: 'Session no longer exists.', data: {} }
    if (path === queryPath) return execute(session, body)
    if (path === '/queries/v1/abort-request') await session.cancel()
    if (path === '/session') {
      sessions.delete(token)
      await session.close()
    }
    return { success: true, data: null }
  }
  const login = async ({ data = {} }: Body): Promise<unknown> => {
    const refused = refusal(data, options)
    if (refused) return refused
    const token = `session-${++opened}`
    sessions.set(token, new SnowflakeSession(await options.openSession()))
    return {
      success: true,
      data: { token, masterToken: `master-${token}`, parameters: outputFormats, sessionInfo: {} },
    }
  }
  const endSessions = async (): Promise<void> => {
    const ended = [...sessions.values()]
    sessions.clear()
    for (const session of ended) await session.close()
  }
  await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve))
  return {
    port: (server.address() as AddressInfo).port,
    requests,
    trouble: (path, what, times) => troubles.push(...Array(times).fill({ path, what })),
    endSessions,
    stop: async () => {
      await endSessions()
      server.closeAllConnections()
      await new Promise(resolve => server.close(resolve))
    },
  }
}

async function execute(session: SnowflakeSession, { sqlText = '', bindings }: Body): Promise<unknown> {
  try {
    return answerOf(sqlText, await session.execute(sqlText, bindings))
  } catch (reason) {
    return failureOf(reason, sqlText)
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
  if (body === 'silence') return
  response.statusCode = typeof body === 'number' ? body : 200
  response.setHeader('content-type', 'application/json')
  response.end(typeof body === 'number' ? '<html>unwell</html>' : JSON.stringify(body))
}
