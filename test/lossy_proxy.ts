// A way to a Postgres server that can be cut at a chosen moment: a proxy on this machine, between client and server.

import type { AddressInfo } from 'node:net'
import { connect, createServer, type Socket } from 'node:net'

export interface LossyProxy {
  readonly port: number
  /** How many of its connections were refused or cut so far. */
  readonly cuts: number
  /** Resets the next connections as soon as they are made. */
  refuse(times: number): void
  /**
   * Resets every connection when a client sends a statement that matches.
   * @param forwarded the server still gets it, and only its answer is lost
   * @param which of the statements that match, from 1
   */
  cutAt(statement: RegExp, how: { readonly forwarded: boolean; readonly which?: number }): void
  stop(): Promise<void>
}

export async function lossyProxy(host: string, port: number): Promise<LossyProxy> {
  const pairs = new Set<readonly [Socket, Socket]>()
  let refused = 0
  let cuts = 0
  let trap: { statement: RegExp; forwarded: boolean; left: number } | undefined
  const cutAll = (): void => {
    cuts += 1
    for (const [client, server] of pairs) {
      client.resetAndDestroy()
      server.resetAndDestroy()
    }
    pairs.clear()
  }
  const proxy = createServer(client => {
    if (refused > 0) {
      refused -= 1
      cuts += 1
      client.resetAndDestroy()
      return
    }
    const server = connect(port, host)
    const pair = [client, server] as const
    pairs.add(pair)
    for (const socket of pair) socket.on('error', () => undefined).on('close', () => pairs.delete(pair))
    client.on('data', data => {
      if (!trap?.statement.test(data.toString('latin1')) || --trap.left > 0) {
        server.write(data)
        return
      }
      const { forwarded } = trap
      trap = undefined
      // An answer shows that the server has done it.
      if (forwarded) server.removeAllListeners('data').once('data', cutAll).write(data)
      else cutAll()
    })
    server.on('data', data => client.write(data))
    client.on('end', () => server.end())
    server.on('end', () => client.end())
  })
  await new Promise<void>(resolve => proxy.listen(0, '127.0.0.1', resolve))
  return {
    port: (proxy.address() as AddressInfo).port,
    get cuts() {
      return cuts
    },
    refuse: times => {
      refused = times
    },
    cutAt: (statement, { forwarded, which = 1 }) => {
      trap = { statement, forwarded, left: which }
    },
    stop: () =>
      new Promise(resolve => {
        for (const [client, server] of pairs) {
          client.destroy()
          server.destroy()
        }
        proxy.close(() => resolve())
      }),
  }
}
