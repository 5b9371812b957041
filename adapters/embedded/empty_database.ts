// The database that every embedded one begins as. Postgres takes seconds to make it, and it is always the same, so it is
// made once, when this package is built (by `make_empty_database.ts`), and taken up in a fraction of the time.

import { readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { dirname, join } from 'node:path'
import { gunzipSync } from 'node:zlib'
import { packageDirectory } from '../../compiler/source_file.js'

/** Where it stands beside the compiled files; another version of PGlite makes another one. */
export function emptyDatabaseFile(): string {
  const pglite = dirname(createRequire(import.meta.url).resolve('@electric-sql/pglite'))
  const { version } = JSON.parse(readFileSync(join(pglite, '..', 'package.json'), 'utf8')) as {
    readonly version: string
  }
  return join(packageDirectory, `dist/adapters/embedded/empty_database-${version}.tar.gz`)
}

/** Its files as a tar, which is what PGlite's `loadDataDir` takes. */
export const emptyDatabase = (): Blob =>
  new Blob([new Uint8Array(gunzipSync(readFileSync(emptyDatabaseFile())))])
