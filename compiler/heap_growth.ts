// How much V8 lets a heap grow before it takes out what is no longer used: of thousands of models that would be hundreds of
// megabytes, most of them by the time that nothing but files is left to write.

import { versions } from 'node:process'
import { setFlagsFromString } from 'node:v8'

/** A project of fewer is compiled before there is much to take out. */
const manyModels = 4_000

/** Lets the heap grow by as much as is in use, for the version of V8 that Node 20 has: nobody has measured later ones. */
export function boundHeapGrowth(models: number): void {
  if (models > manyModels && versions.v8.startsWith('11.')) setFlagsFromString('--heap-growing-percent=100')
}
