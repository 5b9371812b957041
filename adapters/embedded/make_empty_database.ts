// Makes the empty database that `empty_database.ts` reads. Part of `npm run build`; does nothing where it is there.

import { existsSync, renameSync, writeFileSync } from 'node:fs'
import { gzipSync } from 'node:zlib'
import { PGlite } from '@electric-sql/pglite'
import { emptyDatabaseFile } from './empty_database.js'

const file = emptyDatabaseFile()
if (!existsSync(file)) {
  const database = await PGlite.create()
  await database.exec('checkpoint')
  const files = await database.dumpDataDir('none')
  await database.close()
  const draft = `${file}.${process.pid}`
  writeFileSync(draft, gzipSync(new Uint8Array(await files.arrayBuffer())))
  renameSync(draft, file)
}
