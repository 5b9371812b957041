// Whether a connection is encrypted and what of the server's certificate is checked: as libpq does, but on and verified
// by default for every host but this one.

import { readFileSync } from 'node:fs'
import type { ClientConfig } from 'pg'
import { error } from '../../compiler/diagnostics.js'
import { ConnectFault } from '../connect_fault.js'
import type { PostgresConnection, SslMode } from './driver_connect.js'

/** What a connection asks for, where the profile says nothing too. A unix socket has no TLS. */
export function sslModeOf({ host, sslmode }: PostgresConnection): SslMode {
  if (isSocket(host)) return 'disable'
  return sslmode ?? (isLocal(host) ? 'disable' : 'verify-full')
}

/** @throws ConnectFault `tls-failed`: the root certificate cannot be read */
export function tlsOptions(connection: PostgresConnection): ClientConfig['ssl'] {
  const { sslrootcert } = connection
  const sslmode = sslModeOf(connection)
  if (sslmode === 'disable') return false
  const ca = rootCertificate(sslrootcert)
  // As libpq does: a root certificate that is given is used, even where `require` would take any.
  if (sslmode === 'require' && sslrootcert === undefined) return { rejectUnauthorized: false }
  const authorities = ca === undefined ? {} : { ca }
  if (sslmode === 'verify-full') return { rejectUnauthorized: true, ...authorities }
  return { rejectUnauthorized: true, ...authorities, checkServerIdentity: () => undefined }
}

/** What a handshake that succeeded has shown of the certificate, in words. */
export function certificateChecked(connection: PostgresConnection): string {
  const mode = sslModeOf(connection)
  if (mode === 'verify-full') return `certificate verified for ${connection.host}`
  if (mode === 'verify-ca' || connection.sslrootcert !== undefined)
    return `certificate verified, but not the name in it (sslmode: ${mode})`
  return `certificate not verified (sslmode: ${mode})`
}

function rootCertificate(file: string | undefined): string | undefined {
  if (file === undefined || file === 'system') return undefined
  try {
    return readFileSync(file, 'utf8')
  } catch (reason) {
    const details = { cause: String(reason), hint: 'Correct sslrootcert in the profile.' }
    throw new ConnectFault(
      'TLS',
      error('tls-failed', `The root certificate ${file} cannot be read.`, details),
    )
  }
}

const isSocket = (host: string): boolean => host.startsWith('/')

const isLocal = (host: string): boolean =>
  isSocket(host) || host === 'localhost' || host === '::1' || /^127(\.\d{1,3}){3}$/.test(host)
