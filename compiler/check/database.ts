// An empty Postgres in this process's memory, for statements to be typed on. The first start takes seconds, so what it leaves
// is kept beside the project and taken up by the next one.

import { readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { dirname, join } from 'node:path'
import { gunzipSync, gzipSync } from 'node:zlib'
import { connectMemory, type MemoryDatabase } from '../../adapters/embedded/driver.js'
import { Faults } from '../diagnostics.js'
import { makeFolder } from '../text_folder.js'

/** @param directory the project's */
export async function openEmpty(directory: string): Promise<MemoryDatabase> {
  const file = join(directory, '.seshat', 'check', `pglite-${version()}.tar.gz`)
  const image = readImage(file)
  if (image) {
    try {
      return await connectMemory(image)
    } catch (cause) {
      if (!(cause instanceof Faults)) throw cause
      rmSync(file, { force: true })
    }
  }
  const database = await connectMemory()
  keepImage(file, await database.image())
  return database
}

function version(): string {
  const main = createRequire(import.meta.url).resolve('@electric-sql/pglite')
  const { version } = JSON.parse(readFileSync(join(dirname(main), '..', 'package.json'), 'utf8')) as {
    version: string
  }
  return version
}

function readImage(file: string): Uint8Array<ArrayBuffer> | undefined {
  try {
    return new Uint8Array(gunzipSync(readFileSync(file)))
  } catch {
    return undefined // not there, or cut off: made anew
  }
}

/** Written under another name first, so that nobody reads half of it. A folder that cannot be written to costs only time. */
function keepImage(file: string, image: Uint8Array): void {
  const draft = `${file}.${process.pid}`
  try {
    makeFolder(dirname(file))
    writeFileSync(draft, gzipSync(image, { level: 1 }))
    renameSync(draft, file)
  } catch {
    rmSync(draft, { force: true })
  }
}
