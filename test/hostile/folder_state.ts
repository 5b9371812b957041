// A folder -> what is in it, so that two looks at it can be compared.

import { lstatSync, readdirSync, readFileSync, readlinkSync, statSync } from 'node:fs'
import { dirname, join } from 'node:path'

/** By path: the text of a file, where a link leads, or what else it is. */
export type FolderState = ReadonlyMap<string, string>

/** @param passedOver a folder below it that is not looked into */
export function stateOfFolder(folder: string, passedOver?: string): FolderState {
  const found = new Map<string, string>()
  const visit = (path: string): void => {
    if (path === passedOver || !statSync(dirname(path), { throwIfNoEntry: false })?.isDirectory()) return
    const entry = lstatSync(path, { throwIfNoEntry: false })
    if (!entry) return
    if (entry.isSymbolicLink()) found.set(path, `-> ${readlinkSync(path)}`)
    else if (entry.isDirectory()) {
      found.set(path, 'a folder')
      for (const name of readdirSync(path)) visit(join(path, name))
    } else found.set(path, entry.isFile() ? readFileSync(path, 'utf8') : 'no file')
  }
  visit(folder)
  return found
}
