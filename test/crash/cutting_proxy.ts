// A TCP proxy in front of a Postgres server that knows the protocol well enough to cut a connection between any two
// statements: before one reaches the server, or when it was executed and its answer is on the way.

import { connect, createServer, type Socket } from 'node:net'

export interface Cut {
  /** The statement, counted from 0 since the cut was planned. */
  readonly at: number
  /** It never reaches the server, or the server has done it and nobody hears of that. */
  readonly when: 'before' | 'answered'
  /** Called at that moment, before the connection is cut. */
  readonly first?: () => void
}

export interface CuttingProxy {
  readonly port: number
  /** From here on statements to the database are counted; with a cut, up to there. */
  plan(database: string, cut?: Cut): void
  /** How many there were since. */
  counted(database: string): number
  close(): Promise<void>
}

/** The types of messages that end what a side has to say. */
const [sync, query, terminate, readyForQuery] = [...'SQXZ'].map(letter => letter.charCodeAt(0)) as [
  number,
  number,
  number,
  number,
]

interface Watch {
  count: number
  readonly cut: Cut | undefined
}

/** @param server where the server is at the time of a connection */
export async function startCuttingProxy(server: () => { host: string; port: number }): Promise<CuttingProxy> {
  const watches = new Map<string, Watch>()
  const sockets = new Set<Socket>()
  const listener = createServer({ allowHalfOpen: false }, client => {
    const upstream = connect(server())
    for (const socket of [client, upstream]) {
      sockets.add(socket)
      socket.setNoDelay(true)
      // One side that ends or fails ends both.
      socket.on('error', () => undefined)
      socket.on('close', () => {
        sockets.delete(socket)
        client.destroy()
        upstream.destroy()
      })
    }
    join(client, upstream, watches)
  })
  await new Promise<void>(resolve => listener.listen(0, '127.0.0.1', resolve))
  const address = listener.address()
  return {
    port: typeof address === 'object' && address ? address.port : 0,
    plan: (database, cut) => void watches.set(database, { count: 0, cut }),
    counted: database => watches.get(database)?.count ?? 0,
    close: async () => {
      for (const socket of sockets) socket.destroy()
      await new Promise(resolve => listener.close(resolve))
    },
  }
}

function join(client: Socket, upstream: Socket, watches: ReadonlyMap<string, Watch>): void {
  let database: string | undefined
  /** The cut that the answer under way falls to. */
  let falls: Cut | undefined
  const end = (cut: Cut): void => {
    cut.first?.()
    client.destroy()
    upstream.destroy()
  }
  const requests = messages(message => {
    if (database === undefined) {
      database = /\0database\0([^\0]+)\0/.exec(`\0${message.subarray(8).toString()}`)?.[1] ?? ''
      return true
    }
    return [sync, query, terminate].includes(message[0] ?? 0)
  })
  let started = false
  client.on('data', data => {
    for (const request of requests(data)) {
      const isStatement = started && request[0] !== terminate
      const watch = isStatement ? watches.get(database ?? '') : undefined
      started = true
      const number = watch ? watch.count++ : 0
      const cut = watch?.cut?.at === number ? watch.cut : undefined
      if (cut?.when === 'before') return end(cut)
      falls = cut
      upstream.write(request)
    }
  })
  const answers = messages(message => message[0] === readyForQuery, true)
  upstream.on('data', data => {
    if (!falls) client.write(data)
    if (answers(data).length > 0 && falls) end(falls)
  })
}

/**
 * Cuts a stream into runs of whole messages, each up to one that `isLast` says is the last of its run. The first message of
 * a client has no type.
 */
function messages(isLast: (message: Buffer) => boolean, typed = false): (data: Buffer) => Buffer[] {
  let rest: Buffer = Buffer.alloc(0)
  let end = 0
  let hasType = typed
  return data => {
    rest = Buffer.concat([rest, data])
    const runs: Buffer[] = []
    for (;;) {
      const head = hasType ? 1 : 0
      if (rest.length < end + head + 4) return runs
      const next = end + head + rest.readInt32BE(end + head)
      if (rest.length < next) return runs
      const last = isLast(rest.subarray(end, next))
      hasType = true
      end = next
      if (!last) continue
      runs.push(rest.subarray(0, end))
      rest = rest.subarray(end)
      end = 0
    }
  }
}
