// Files of a new project -> the disk, and never over something that is there.

import { lstatSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { fail } from '../diagnostics.js'
import { makeFolder } from '../text_folder.js'

/**
 * What stands where a file or one of its folders has to go: paths relative to the project.
 * @param paths of the files, with forward slashes
 */
export function inTheWay(directory: string, paths: readonly string[]): readonly string[] {
  const found = new Set<string>()
  if (isOther(directory)) return ['a file of that name']
  for (const path of paths) {
    const folders = foldersOf(path).filter(folder => isOther(join(directory, folder)))
    for (const folder of folders) found.add(folder)
    if (folders.length === 0 && lstatSync(join(directory, path), { throwIfNoEntry: false })) found.add(path)
  }
  return [...found]
}

/** Something that is no folder; a symbolic link to one may lead out of the project. */
const isOther = (path: string): boolean => {
  const entry = lstatSync(path, { throwIfNoEntry: false })
  return entry !== undefined && !entry.isDirectory()
}

/** `a/b/c.sql` -> `a`, `a/b`. */
const foldersOf = (path: string): readonly string[] =>
  path
    .split('/')
    .slice(0, -1)
    .map((_, index, parts) => parts.slice(0, index + 1).join('/'))

/** @throws Faults `cannot-write`, also where a file has come to be there meanwhile */
export function writeFiles(directory: string, files: ReadonlyMap<string, string>): void {
  for (const [path, text] of files) {
    const file = join(directory, path)
    try {
      makeFolder(dirname(file))
      writeFileSync(file, text, { flag: 'wx' })
    } catch (reason) {
      fail('cannot-write', `${file} could not be written`, {
        cause: reason instanceof Error ? reason.message : String(reason),
        hint: 'Correct what the system complains of; remove what was written before you start again.',
      })
    }
  }
}
