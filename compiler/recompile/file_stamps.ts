// What the system says of a file without reading it. Its inode and the time of its last change, which nobody can set, tell
// whether it is still what was read, as they do for git's index.

import { lstatSync } from 'node:fs'

/** The coarsest clock of a file system, in milliseconds: what changes sooner after another change may have the same time. */
const tick = 2_000

/** undefined for what is no file, and for one that was changed a moment ago. */
export function stampOf(path: string): string | undefined {
  const entry = lstatSync(path, { throwIfNoEntry: false })
  if (!entry?.isFile()) return undefined
  const { ino, size, ctimeMs } = entry
  return Date.now() - ctimeMs > tick ? `${ino} ${size} ${ctimeMs}` : undefined
}
