// What happens on the way to a Postgres server, told step by step: the name, the port, TLS. Only `seshat debug` asks.

import { isIP, Socket } from 'node:net'
import { TLSSocket } from 'node:tls'
import type { Client } from 'pg'
import type { Passed } from '../driver.js'
import type { PostgresConnection } from './driver_connect.js'
import { certificateChecked, sslModeOf } from './driver_tls.js'

/** A socket for `pg` that tells when the name is resolved and when the server has taken the connection. */
export function watchedSocket(connection: PostgresConnection, passed: Passed): Socket {
  const { host, port } = connection
  const socket = new Socket()
  let resolved = false
  const resolve = (detail: string): void => {
    if (!resolved) passed('DNS', detail)
    resolved = true
  }
  if (host.startsWith('/')) resolve('not needed: the host is a socket')
  else if (isIP(host)) resolve('not needed: the host is an address')
  socket.on('lookup', (reason, address) => {
    if (!reason) resolve(`${host} is ${address}`)
  })
  socket.once('connect', () => {
    passed('network', `${host}:${port} answers`)
    if (sslModeOf(connection) !== 'disable') return
    passed('TLS', connection.sslmode ? 'off (sslmode: disable)' : 'off: the server is on this machine')
  })
  return socket
}

/** `pg` puts TLS over the socket by itself. */
export function watchTls(client: Client, connection: PostgresConnection, passed: Passed): void {
  const wire = client.connection
  wire.once('sslconnect', () => {
    const { stream } = wire
    if (!(stream instanceof TLSSocket)) return
    stream.once('secureConnect', () =>
      passed('TLS', `${stream.getProtocol()}, ${certificateChecked(connection)}`),
    )
  })
}
