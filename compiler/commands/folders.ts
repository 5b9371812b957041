// The options that say where things are -> folders of this machine.

import { isAbsolute, join } from 'node:path'
import { cwd } from 'node:process'
import { checkedTarget } from '../target_folder.js'

/** Where the project is, and where what is compiled goes. */
export interface FolderOptions {
  readonly projectDir: string
  readonly targetPath: string
}

export const resolvePath = (path: string): string => (isAbsolute(path) ? path : join(cwd(), path))

/** @throws Faults `bad-usage`, `cannot-write`: it is no place to write to */
export const targetDirectory = (
  project: { readonly directory: string },
  options: Pick<FolderOptions, 'targetPath'>,
): string => checkedTarget(project.directory, options.targetPath)

/** Of what may be computed again at any time. */
export const cacheDirectory = (options: FolderOptions): string =>
  join(targetDirectory({ directory: resolvePath(options.projectDir) }, options), '.cache')
