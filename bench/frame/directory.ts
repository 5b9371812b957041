// Where the files of the benchmarks lie that are not compiled: peers, recorded results, what measured processes load.

import { fileURLToPath } from 'node:url'

/** From dist/bench/frame/. */
export const benchDirectory = fileURLToPath(new URL('../../../bench', import.meta.url))

export const repositoryDirectory = fileURLToPath(new URL('../../..', import.meta.url))
