// Where compiled files go -> the folder, looked at before anything is written to it: it is no folder of the project's own files,
// and nothing in it leads elsewhere.

import { lstatSync, readdirSync, realpathSync, statSync } from 'node:fs'
import { join, relative, resolve, sep } from 'node:path'
import { fail } from './diagnostics.js'

const sourceFolders = ['models', 'macros', 'seeds', 'tests']
const removeIt = 'Remove it: compiling makes a new one.'

/**
 * @param project the folder of the project
 * @param target as it was given, relative to that
 * @throws Faults `bad-usage` for folders that hold other things, `cannot-write` for links and whatever is no file
 */
export function checkedTarget(project: string, target: string): string {
  if (target.includes('\0') || target === '')
    fail('bad-usage', 'this --target-path cannot be a folder', { hint: 'Name a folder of its own.' })
  const folder = resolve(project, target)
  if (holdsSources(project, folder))
    fail('bad-usage', `--target-path ${target} holds files that are not compiled`, {
      hint: 'Name a folder of its own.',
    })
  const root = isWithin(project, folder) ? project : folder
  for (const name of [folder, join(folder, 'compiled')]) checkFolder(root, name)
  return folder
}

/** Whether there are, or could be, files in it that somebody has written. */
export function holdsSources(project: string, folder: string): boolean {
  const [first = ''] = relative(project, folder).split(sep)
  return isWithin(folder, project) || sourceFolders.includes(first) || first.startsWith('.git')
}

const isWithin = (folder: string, path: string): boolean =>
  path === folder || path.startsWith(folder.endsWith(sep) ? folder : folder + sep)

function checkFolder(root: string, folder: string): void {
  const entry = lstatSync(folder, { throwIfNoEntry: false })
  if (!entry) return
  if (!isTarget(root, folder))
    fail('cannot-write', `${folder} is no folder, or a link that leads elsewhere`, { hint: removeIt })
  for (const name of readdirSync(folder)) {
    const path = join(folder, name)
    const inside = lstatSync(path)
    if (!inside.isFile() && !inside.isDirectory())
      fail('cannot-write', `${path} is neither a file nor a folder`, { hint: removeIt })
  }
}

function isTarget(root: string, folder: string): boolean {
  const found = statSync(folder, { throwIfNoEntry: false })
  return found?.isDirectory() === true && isWithin(realpathSync(root), realpathSync(folder))
}
