// A Postgres server for tests where none is installed: PGlite behind a socket, in a thread of its own so that
// a long statement does not stop the test. Started by `startPgliteServer`.

import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { isMainThread, parentPort, Worker, workerData } from 'node:worker_threads'
import { emptyDatabase } from '../adapters/embedded/empty_database.js'

export interface PgliteServer {
  readonly port: number
  stop(): Promise<void>
}

/** @param directory to be found again by the next server; without one the database is in memory */
export async function startPgliteServer(directory?: string): Promise<PgliteServer> {
  const worker = new Worker(new URL(import.meta.url), {
    workerData: { directory },
    resourceLimits: { stackSizeMb: 32 },
  })
  const port = await new Promise<number>((resolve, reject) => {
    worker.once('message', resolve)
    worker.once('error', reject)
  })
  return {
    port,
    stop: async () => {
      await worker.terminate()
    },
  }
}

async function serve({ directory }: { readonly directory?: string }): Promise<void> {
  const { PGlite } = await import('@electric-sql/pglite')
  const { PGLiteSocketServer } = await import('@electric-sql/pglite-socket')
  const db = await (directory && existsSync(join(directory, 'PG_VERSION'))
    ? PGlite.create(directory)
    : PGlite.create({ ...(directory ? { dataDir: directory } : {}), loadDataDir: emptyDatabase() }))
  const server = new PGLiteSocketServer({ db, port: 0, maxConnections: 20 })
  await server.start()
  parentPort?.postMessage(Number(server.getServerConn().split(':').at(-1)))
}

if (!isMainThread) await serve(workerData)
