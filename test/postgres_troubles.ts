// What the tests of failing runs do to a Postgres server and to the way to it, with what a person has to be told.

import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { otherAuthority } from './certificates.js'
import type { PostgresCluster } from './postgres_cluster.js'
import type { TestDatabase } from './support.js'

export type TableName = 'page_views' | 'sessions' | 'users'

interface Refusal {
  readonly what: string
  readonly message: RegExp
  readonly hint: RegExp
  output(cluster: PostgresCluster, folder: string): Readonly<Record<string, unknown>>
}

/** What ends before the first statement. */
export function refusals(): readonly Refusal[] {
  const noTls = /error\[tls-failed\]: No TLS connection with (localhost|127\.0\.0\.1):\d+\./
  return [
    {
      what: 'a certificate of another authority',
      output: (_, folder) => {
        const file = join(folder, 'other.pem')
        writeFileSync(file, otherAuthority)
        return { sslrootcert: file }
      },
      message: noTls,
      hint: /Set sslrootcert in the profile to the certificate of the server's authority\./,
    },
    {
      what: 'a certificate for another name',
      output: () => ({ host: '127.0.0.1' }),
      message: noTls,
      hint: /Use the name in the certificate as host, or sslmode: verify-ca/,
    },
    {
      what: 'a wrong password',
      output: () => ({ password: 'not-it' }),
      message: /error\[login-failed\]: localhost:\d+ did not let user ada in\./,
      hint: /Check user and password in the profile/,
    },
    {
      what: 'a server that wants TLS',
      output: () => ({ sslmode: 'disable' }),
      message: /error\[login-failed\]: localhost:\d+ did not let user ada in\./,
      hint: /The server wants TLS: set sslmode to verify-full in the profile\./,
    },
  ]
}

interface Death {
  readonly how: string
  readonly restarts: boolean
  readonly table: string
  /** What had been committed by then. */
  readonly written: readonly TableName[]
  stop(database: TestDatabase): Promise<void> | void
}

/** Ways for a session to end, each at another place of a run. */
export function deaths(cluster: () => PostgresCluster): readonly Death[] {
  const ended = `select pg_terminate_backend(pid) from pg_stat_activity
where datname = current_database() and application_name like 'seshat run%'`
  return [
    {
      how: 'a server that crashes',
      stop: () => cluster().crash(),
      restarts: true,
      table: 'derived.page_views',
      written: [],
    },
    {
      how: 'a server that is killed',
      stop: () => cluster().kill(),
      restarts: true,
      table: 'scratch.sessions_userid_manifest_staged',
      written: ['page_views'],
    },
    {
      how: 'a session that is ended',
      stop: async database => void (await database.query(ended)),
      restarts: false,
      table: 'derived.users',
      written: ['page_views', 'sessions'],
    },
    {
      how: 'a server that crashes',
      stop: () => cluster().crash(),
      restarts: true,
      table: 'derived.users_manifest',
      written: ['page_views', 'sessions', 'users'],
    },
  ]
}
