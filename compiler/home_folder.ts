// The folder of whoever runs this, for what may lie in it besides the project's own files.

import { homedir } from 'node:os'
import { join } from 'node:path'

/** Undefined where there is none: a container may run as a number that the system knows no user for. */
function homeFolder(): string | undefined {
  try {
    return homedir() || undefined
  } catch {
    return undefined // all that it throws says that the system does not know the user
  }
}

/** Where to look for a profiles.yml, first to last, unless a command names the folder. */
export function profileFolders(project: string): readonly string[] {
  const home = homeFolder()
  return home === undefined ? [project] : [project, join(home, '.seshat')]
}
