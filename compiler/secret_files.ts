// Files that hold secrets -> warnings where others can get at them: other users of the machine, or whoever has the repository.

import { statSync } from 'node:fs'
import { basename, dirname } from 'node:path'
import { platform } from 'node:process'
import { type Diagnostic, warning } from './diagnostics.js'
import { isTracked } from './git_files.js'

/** Of group and others, reading and writing. */
const forOthers = 0o066

/** `loose-permissions` for each file that others may read or change. Windows has no such modes, and gets none. */
export function loosePermissions(files: readonly string[]): readonly Diagnostic[] {
  if (platform === 'win32') return []
  return files.flatMap(file => {
    const mode = modeOf(file)
    if (mode === undefined || (mode & forOthers) === 0) return []
    const octal = (mode & 0o777).toString(8).padStart(3, '0')
    return [
      warning(
        'loose-permissions',
        `${file} holds a secret, and other users of this machine may read or change it (mode ${octal})`,
        { hint: `chmod 600 ${shellWord(file)}` },
      ),
    ]
  })
}

/** `secret-in-git` for a file that holds a secret and is kept by git. */
export const secretInGit = (file: string): readonly Diagnostic[] =>
  isTracked(dirname(file), basename(file))
    ? [
        warning(
          'secret-in-git',
          `${file} holds a secret, and git keeps it for everybody who has the repository`,
          {
            hint: "Take it from the environment, {{ env_var('NAME') }}, and change it: the history has it for good.",
          },
        ),
      ]
    : []

/** Undefined where there is no such file: who opens it says so. */
function modeOf(file: string): number | undefined {
  try {
    return statSync(file).mode
  } catch {
    return undefined
  }
}

const shellWord = (text: string): string =>
  /^[\w./-]+$/.test(text) ? text : `'${text.replaceAll("'", "'\\''")}'`
