// Everything that can go wrong before the first statement, against a server of a few lines that plays it: names,
// ports, silence, passwords, TLS. No message may contain the password.

import assert from 'node:assert/strict'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { createServer, type Server, Socket } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, before, test } from 'node:test'
import { TLSSocket } from 'node:tls'
import { connectPostgres, type PostgresConnection } from '../adapters/postgres/driver.js'
import type { Faults } from '../compiler/diagnostics.js'
import { certificate, privateKey } from './certificates.js'
import { faultsOf } from './driver_fixtures.js'

const password = 'hunter2-secret'

const sslRequest = 80877103

/** What the server does when it has the startup packet. */
type Play = (socket: Socket) => void

let servers: Server[] = []
let directory: string
let certificateFile: string
before(() => {
  directory = mkdtempSync(join(tmpdir(), 'seshat-connect-'))
  certificateFile = join(directory, 'root.pem')
  writeFileSync(certificateFile, certificate)
})
after(() => {
  for (const server of servers) server.close()
  servers = []
  rmSync(directory, { recursive: true })
})

/** Listens on loopback, with TLS or without; notes whether it was asked for TLS. */
async function play(tls: boolean, then: Play): Promise<{ port: number; asked: () => boolean }> {
  let askedForTls = false
  const server = createServer(socket => {
    socket.on('error', () => undefined)
    socket.once('data', packet => {
      if (packet.readInt32BE(4) !== sslRequest) return then(socket)
      askedForTls = true
      socket.write(tls ? 'S' : 'N')
      if (!tls) return
      const secure = new TLSSocket(socket, { isServer: true, cert: certificate, key: privateKey })
      secure.on('error', () => undefined)
      secure.once('data', () => then(secure))
    })
  })
  servers.push(server)
  await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve))
  const address = server.address()
  assert.ok(address !== null && typeof address === 'object')
  return { port: address.port, asked: () => askedForTls }
}

const refuse = (sqlstate: string, message: string): Play => {
  const fields = `SFATAL\0VFATAL\0C${sqlstate}\0M${message}\0\0`
  return socket => socket.end(packet('E', Buffer.from(fields)))
}

const askForPassword: Play = socket => {
  socket.write(packet('R', Buffer.from([0, 0, 0, 3])))
  socket.once('data', answer => refuse('28P01', `no luck with ${answer.subarray(5).toString()}`)(socket))
}

function packet(type: string, body: Buffer): Buffer {
  const header = Buffer.alloc(5)
  header.write(type)
  header.writeInt32BE(body.length + 4, 1)
  return Buffer.concat([header, body])
}

async function faultOf(port: number, more: Partial<PostgresConnection> = {}): Promise<Faults> {
  const connection = { host: '127.0.0.1', port, user: 'ada', password, database: 'events', ...more }
  const fault = await faultsOf(connectPostgres(connection, 'seshat test'))
  assert.equal(fault.exitCode, 2)
  assert.doesNotMatch(JSON.stringify(fault.diagnostics) + fault.message + fault.stack, /hunter2/)
  assert.ok(fault.diagnostics[0]?.hint)
  return fault
}

const isFault = (fault: Faults, code: string, message: RegExp): void => {
  assert.equal(fault.diagnostics[0]?.code, code, fault.message)
  assert.match(fault.message, message)
}

test('connectPostgres: a name that does not resolve', async () => {
  const fault = await faultOf(5432, { host: 'no-such-host.invalid', sslmode: 'disable' })
  isFault(fault, 'connection-failed', /no-such-host\.invalid cannot be resolved/)
})

test('connectPostgres: a port where nothing listens, by address, by name and as a socket', async () => {
  for (const host of ['127.0.0.1', 'localhost', directory]) {
    isFault(await faultOf(1, { host }), 'connection-failed', /Nothing listens/)
  }
})

test('connectPostgres: a server that never answers', async () => {
  const { port } = await play(false, () => undefined)
  isFault(await faultOf(port, { connect_timeout: 1 }), 'connection-failed', /did not answer within 1 s/)
})

test('connectPostgres: a server that hangs up', async () => {
  const { port } = await play(false, socket => socket.destroy())
  isFault(await faultOf(port), 'connection-failed', /No connection/)
})

test('connectPostgres: a database that does not exist', async () => {
  const { port } = await play(false, refuse('3D000', 'database "events" does not exist'))
  isFault(await faultOf(port), 'no-such-database', /no database events/)
})

test('connectPostgres: a wrong password is not repeated, even if the server does', async () => {
  const { port } = await play(false, askForPassword)
  const fault = await faultOf(port)
  isFault(fault, 'login-failed', /did not let user ada in/)
  assert.match(fault.diagnostics[0]?.cause ?? '', /no luck with \*\*\*/)
})

test('connectPostgres: a password that the profile lacks is not looked for elsewhere', async () => {
  const { port } = await play(false, askForPassword)
  process.env['PGPASSWORD'] = 'from the environment'
  try {
    isFault(await faultOf(port, { password: undefined }), 'login-failed', /the profile has none/)
  } finally {
    delete process.env['PGPASSWORD']
  }
})

test('connectPostgres: keepalives and keepalives_idle reach the socket', async () => {
  const { port } = await play(false, refuse('28000', 'no'))
  const set: unknown[][] = []
  const { setKeepAlive } = Socket.prototype
  Socket.prototype.setKeepAlive = function (...how) {
    set.push(how)
    return setKeepAlive.apply(this, how)
  }
  try {
    await faultOf(port)
    await faultOf(port, { keepalives: 1, keepalives_idle: 5 })
    await faultOf(port, { keepalives: 0, keepalives_idle: 5 })
  } finally {
    Socket.prototype.setKeepAlive = setKeepAlive
  }
  assert.deepEqual(set, [
    [true, 30_000],
    [true, 5000],
  ])
})

test('connectPostgres: asks for TLS by default, but not on this machine', async () => {
  const { port, asked } = await play(false, refuse('28000', 'no'))
  isFault(await faultOf(port), 'login-failed', /ada/)
  assert.equal(asked(), false)
  // The same server under a name that is not known to be this machine.
  isFault(await faultOf(port, { host: '::ffff:127.0.0.1' }), 'tls-failed', /No TLS connection/)
  assert.equal(asked(), true)
})

test('connectPostgres: each sslmode checks what libpq checks', async () => {
  const { port } = await play(true, refuse('28000', 'no'))
  const root = certificateFile
  const outcomes: [Partial<PostgresConnection>, string][] = [
    [{ host: '::ffff:127.0.0.1' }, 'tls-failed'],
    [{ sslmode: 'require' }, 'login-failed'],
    [{ sslmode: 'verify-ca' }, 'tls-failed'],
    [{ sslmode: 'verify-ca', sslrootcert: 'system' }, 'tls-failed'],
    [{ sslmode: 'verify-ca', sslrootcert: root }, 'login-failed'],
    [{ sslmode: 'require', sslrootcert: root }, 'login-failed'],
    [{ sslmode: 'require', sslrootcert: 'system' }, 'tls-failed'],
    [{ sslmode: 'verify-full', sslrootcert: root }, 'tls-failed'],
    [{ sslmode: 'verify-full', sslrootcert: root, host: 'localhost' }, 'login-failed'],
    [{ sslmode: 'verify-full', host: 'localhost' }, 'tls-failed'],
    [{ sslmode: 'verify-full', sslrootcert: join(directory, 'none.pem') }, 'tls-failed'],
  ]
  for (const [connection, code] of outcomes) {
    assert.equal((await faultOf(port, connection)).diagnostics[0]?.code, code, JSON.stringify(connection))
  }
  const wrongName = await faultOf(port, { sslmode: 'verify-full', sslrootcert: root })
  assert.match(wrongName.diagnostics[0]?.hint ?? '', /verify-ca/)
})
