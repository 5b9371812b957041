// A Postgres server for tests where none is installed: PGlite behind a socket, in a thread of its own so that
// a long statement does not stop the test. Started by `startPgliteServer`.

import { isMainThread, parentPort, Worker, workerData } from 'node:worker_threads'

export interface PgliteServer {
  readonly port: number
  stop(): Promise<void>
}

/** @param directory of a database that exists */
export async function startPgliteServer(directory: string): Promise<PgliteServer> {
  const worker = new Worker(new URL(import.meta.url), {
    workerData: directory,
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

async function serve(directory: string): Promise<void> {
  const { PGlite } = await import('@electric-sql/pglite')
  const { PGLiteSocketServer } = await import('@electric-sql/pglite-socket')
  const server = new PGLiteSocketServer({ db: await PGlite.create(directory), port: 0, maxConnections: 20 })
  await server.start()
  parentPort?.postMessage(Number(server.getServerConn().split(':').at(-1)))
}

if (!isMainThread && typeof workerData === 'string') await serve(workerData)
