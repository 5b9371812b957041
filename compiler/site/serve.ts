// A folder of pages behind http on this machine alone. Gives files of that folder and nothing else.

import { createReadStream, realpathSync, statSync } from 'node:fs'
import { createServer, type Server } from 'node:http'
import { extname, join, sep } from 'node:path'
import { fail } from '../diagnostics.js'

const types: Readonly<Record<string, string>> = {
  '.html': 'text/html; charset=utf-8',
  '.css': 'text/css; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
}

/** The file that a request means; undefined for what is not there, or not inside of the folder. */
export function fileOf(folder: string, url: string): string | undefined {
  const path = decoded(url.replace(/[?#].*$/s, ''))
  if (path === undefined || path.includes('\0')) return undefined
  try {
    const root = realpathSync(folder)
    const named = realpathSync(join(root, path))
    const file = statSync(named).isDirectory() ? realpathSync(join(named, 'index.html')) : named
    return file.startsWith(root + sep) && statSync(file).isFile() ? file : undefined
  } catch {
    return undefined // Not there: what the caller wants to know.
  }
}

function decoded(path: string): string | undefined {
  try {
    return decodeURIComponent(path)
  } catch {
    return undefined // Not percent-encoded as it should be: no file has that name.
  }
}

/** @throws Faults `port-in-use` */
export function serveFolder(folder: string, port: number): Promise<Server> {
  const server = createServer((request, response) => {
    const file = fileOf(folder, request.url ?? '/')
    if (request.method !== 'GET' && request.method !== 'HEAD')
      response.writeHead(405, { allow: 'GET, HEAD' }).end()
    else if (file === undefined) response.writeHead(404, { 'content-type': 'text/plain' }).end('Not found\n')
    else {
      response.writeHead(200, {
        'content-type': types[extname(file)] ?? 'application/octet-stream',
        'cache-control': 'no-store',
        'x-content-type-options': 'nosniff',
      })
      if (request.method === 'HEAD') response.end()
      else
        createReadStream(file)
          .on('error', () => response.destroy())
          .pipe(response)
    }
  })
  return new Promise((resolve, reject) => {
    server.once('error', (cause: NodeJS.ErrnoException) => {
      try {
        fail('port-unavailable', `port ${port} cannot be listened on`, {
          cause: cause.message,
          hint: 'Name another one with --port; 0 takes any that is free.',
        })
      } catch (fault) {
        reject(fault)
      }
    })
    server.listen(port, '127.0.0.1', () => resolve(server))
  })
}
