// A configured path in, the directory of an embedded database out: made where it is missing, wiped where an
// earlier first start was killed half way, refused where it holds something else.

import * as fs from 'node:fs'
import { join } from 'node:path'
import { error, Faults } from '../../compiler/diagnostics.js'

const version = 'PG_VERSION'
/** In the directory from before its first start until after it. */
const unfinished = 'seshat_first_start'

/**
 * Makes the directory and its parents; nobody but this user may look into it.
 * @returns its one absolute name, without symbolic links, so that all who use it agree about its lock
 * @throws Faults `embedded-unreadable`
 */
export function makeDirectory(path: string): string {
  try {
    fs.mkdirSync(path, { recursive: true, mode: 0o700 })
    return fs.realpathSync(path)
  } catch (reason) {
    const hint = 'Correct path in the profile, or the rights on its parent directory.'
    throw unreadable(`The directory ${path} cannot be made.`, String(reason), hint)
  }
}

/**
 * Prepares for opening. Only for the holder of the directory's lock.
 * @returns whether there is no database in it yet
 * @throws Faults `embedded-unreadable` for a directory that has other things in it
 */
export function prepareDirectory(directory: string): boolean {
  const names = fs.readdirSync(directory)
  if (names.includes(unfinished)) {
    // Nobody has ever seen what is in here: the first start was not over when it was killed.
    for (const name of names.filter(each => each !== unfinished)) {
      fs.rmSync(join(directory, name), { recursive: true })
    }
    return true
  }
  if (names.length === 0) {
    fs.writeFileSync(join(directory, unfinished), '')
    return true
  }
  if (!names.includes(version)) {
    const hint = 'Let path in the profile name a directory that is empty or does not exist.'
    throw unreadable(
      `The directory ${directory} is not an embedded database, and not empty.`,
      undefined,
      hint,
    )
  }
  return false
}

/** After the database was opened. */
export function finishDirectory(directory: string): void {
  fs.rmSync(join(directory, unfinished), { force: true })
}

/** The fault for a directory that cannot be used as an embedded database. Exit code 2. */
export function unreadable(message: string, cause: string | undefined, hint: string): Faults {
  return new Faults(
    [error('embedded-unreadable', message, { hint, ...(cause === undefined ? {} : { cause }) })],
    2,
  )
}
