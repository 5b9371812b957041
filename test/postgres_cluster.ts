// A Postgres server of a test's own, from the binaries of this machine: with TLS, with passwords, and free to be killed.
// Everybody but its superuser has to come by TLS and with a password.

import { type ChildProcess, execFileSync, spawn } from 'node:child_process'
import { chownSync, existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import type { PostgresConnection } from '../adapters/postgres/driver.js'
import { certificate, privateKey } from './certificates.js'

export interface PostgresCluster {
  /** As its superuser, to a database. */
  connection(database: string): PostgresConnection
  /** The certificate of its authority, which is its own. */
  readonly rootCertificate: string
  /** Starts it again; after a crash it recovers first. */
  start(): Promise<void>
  /** Every process of the server ends at once, and tells its clients. */
  crash(): void
  /** As a power cut: the server's first process is killed, the others find out. */
  kill(): void
  /** What the server has written to its log. */
  log(): string
  remove(): void
}

const hba = `local all all trust
hostnossl all postgres samehost trust
hostssl all all samehost scram-sha-256
`

/**
 * @param extra settings of the server beside its defaults
 * @throws Error where the binaries are missing: the tests that need them must not pass without
 */
export async function startCluster(extra: Readonly<Record<string, string>> = {}): Promise<PostgresCluster> {
  const programs = postgresPrograms()
  const directory = mkdtempSync(join(tmpdir(), 'seshat-cluster-'))
  const data = join(directory, 'data')
  const owner = serverOwner()
  const run = (program: string, words: readonly string[]): void => {
    // The server would keep a pipe open as long as it lives.
    execFileSync(join(programs, program), words, { cwd: directory, stdio: 'ignore', ...owner })
  }
  const own = (path: string): void => {
    if (owner) chownSync(path, owner.uid, owner.gid)
  }
  own(directory)
  run('initdb', ['-D', data, '-U', 'postgres', '-A', 'trust', '-E', 'UTF8', '--no-sync'])
  const port = await freePort()
  const settings = {
    listen_addresses: 'localhost',
    port: String(port),
    unix_socket_directories: directory,
    ssl: 'on',
    ssl_cert_file: join(directory, 'server.crt'),
    ssl_key_file: join(directory, 'server.key'),
    password_encryption: 'scram-sha-256',
    lc_messages: 'C',
    ...extra,
  }
  const lines = Object.entries(settings).map(([name, value]) => `${name} = '${value}'\n`)
  writeFileSync(join(data, 'postgresql.conf'), lines.join(''))
  writeFileSync(join(data, 'pg_hba.conf'), hba)
  writeFileSync(settings.ssl_cert_file, certificate)
  writeFileSync(settings.ssl_key_file, privateKey, { mode: 0o600 })
  own(settings.ssl_key_file)
  const control = (...words: readonly string[]): void => run('pg_ctl', ['-D', data, '-w', ...words])
  const start = async (): Promise<void> => {
    for (let attempt = 1; ; attempt += 1) {
      try {
        return control('-l', join(directory, 'log'), 'start')
      } catch (reason) {
        // What a killed server leaves needs a moment to go.
        if (attempt === 20)
          throw new Error(`The server does not start: ${readFileSync(join(directory, 'log'))}`, {
            cause: reason,
          })
        await sleep(250)
      }
    }
  }
  const watch = removedWithUs(directory, join(programs, 'pg_ctl'), owner)
  await start()
  return {
    connection: database => ({ host: 'localhost', port, user: 'postgres', database, sslmode: 'disable' }),
    rootCertificate: settings.ssl_cert_file,
    start,
    crash: () => control('-m', 'immediate', 'stop'),
    kill: () =>
      process.kill(Number(readFileSync(join(data, 'postmaster.pid'), 'utf8').split('\n')[0]), 'SIGKILL'),
    log: () => readFileSync(join(directory, 'log'), 'utf8'),
    remove() {
      watch.kill()
      if (existsSync(join(data, 'postmaster.pid'))) control('-m', 'immediate', 'stop')
      rmSync(directory, { recursive: true, force: true })
    },
  }
}

/** A test that is killed cannot stop its server: somebody else waits for its end, and does so then. */
function removedWithUs(directory: string, control: string, owner: Owner | undefined): ChildProcess {
  // A process of another user's cannot be signalled, but seen.
  const script = `while kill -0 ${process.pid} 2>/dev/null || [ -d /proc/${process.pid} ]; do sleep 1; done
"$1" -D "$0/data" -m immediate stop
rm -rf "$0"`
  const words = ['-c', script, directory, control]
  const watch = spawn('sh', words, { cwd: '/', detached: true, stdio: 'ignore', ...owner })
  watch.unref()
  return watch
}

interface Owner {
  readonly uid: number
  readonly gid: number
}

/** The folder of the newest server that Debian's packages have installed. */
function postgresPrograms(): string {
  const root = '/usr/lib/postgresql'
  const found = (existsSync(root) ? readdirSync(root) : [])
    .sort((a, b) => Number(b) - Number(a))
    .map(version => join(root, version, 'bin'))
    .find(folder => existsSync(join(folder, 'initdb')))
  if (found !== undefined) return found
  throw new Error(
    `SESHAT_TEST_POSTGRES is set, but there is no initdb in ${root}/*/bin for a server of the test's own: apt-get install postgresql`,
  )
}

/** Postgres refuses to run as root: then as the user that its package has made. */
function serverOwner(): Owner | undefined {
  if (process.getuid?.() !== 0) return undefined
  const id = (flag: string): number => Number(execFileSync('id', [flag, 'postgres'], { encoding: 'utf8' }))
  return { uid: id('-u'), gid: id('-g') }
}

function freePort(): Promise<number> {
  return new Promise(resolve => {
    const server = createServer().listen(0, '127.0.0.1', () => {
      const address = server.address()
      server.close(() => resolve(typeof address === 'object' && address ? address.port : 0))
    })
  })
}
