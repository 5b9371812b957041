// Imported before the command line: in the thread of its embedded database, the only one that writes to the directory, it keeps
// images of that and of its lock, as a SIGKILL would leave them at that moment: whatever is written by a system call stays,
// and nothing else does. CRASH_IMAGES is the folder for them. One is taken at each border, that is when the database was opened
// and whenever it has a request answered, which is before the next one too; with CRASH_CALLS=10 also before each tenth
// call by which a statement changes a file. CRASH_FROM is the SQL of the first statement that counts. With CRASH_AT=17 that
// border alone has an image, and when it is taken the process kills itself.

import fs from 'node:fs'
import { syncBuiltinESMExports } from 'node:module'
import { join } from 'node:path'
import { isMainThread, parentPort, workerData } from 'node:worker_threads'
import type { DatabasePlace, Request } from '../../adapters/embedded/messages.js'
import { FolderImages } from './folder_images.js'

const { CRASH_IMAGES: kept, CRASH_CALLS: everyCall, CRASH_FROM: first, CRASH_AT: last } = process.env

if (!isMainThread && parentPort && kept !== undefined) {
  const place = workerData as DatabasePlace
  if (place !== 'memory') watch(parentPort, place.directory, kept)
}

type Port = NonNullable<typeof parentPort>

function watch(port: Port, directory: string, kept: string): void {
  const images = new FolderImages(directory, kept)
  const locked = new Set<number>()
  let counts = first === undefined
  let borders = 0
  let calls = 0
  let taking = false

  const take = (moment: string): void => {
    taking = true
    const image = images.take()
    if (!locked.has(image)) fs.copyFileSync(`${directory}.lock`, join(kept, `${image}.lock`))
    locked.add(image)
    fs.appendFileSync(join(kept, 'moments'), `${image} ${moment}\n`)
    taking = false
  }
  const border = (): void => {
    if (!counts) return
    if (last === undefined || borders === Number(last)) take('border')
    if (borders === Number(last)) process.kill(process.pid, 'SIGKILL')
    borders += 1
  }

  const post = port.postMessage
  port.postMessage = (...message: Parameters<Port['postMessage']>): void => {
    border()
    post.apply(port, message)
  }
  port.on('message', (request: Request) => {
    if (counts || !('sql' in request) || request.sql !== first) return
    counts = true
    border()
  })

  const changing = [
    'writeSync',
    'writeFileSync',
    'ftruncateSync',
    'truncateSync',
    'unlinkSync',
    'renameSync',
    'mkdirSync',
    'rmdirSync',
  ] as const
  for (const name of changing) {
    const call = fs[name] as (...values: unknown[]) => unknown
    const counted = (...values: unknown[]): unknown => {
      if (counts && !taking && calls++ % Number(everyCall) === 0) take('call')
      return call(...values)
    }
    Object.assign(fs, { [name]: counted })
  }
  syncBuiltinESMExports()
}
