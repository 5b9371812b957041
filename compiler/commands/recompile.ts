// seshat compile where the last one made nearly the same: it loads nothing of what compiles.

import { filesOfFolder } from '../project_files.js'
import { askedKey, keepLast, readLast } from '../recompile/last_compilation.js'
import { recompile, unlessFaulty } from '../recompile/recompile.js'
import { sayCompiled } from '../recompile/say_compiled.js'
import { packageKey } from '../state_cache.js'
import type { CompileCommandOptions } from './compile.js'
import { cacheDirectory, resolvePath, targetDirectory } from './folders.js'
import type { CommandContext } from './session.js'

/** @returns the exit code; undefined where the project has to be compiled */
export function recompileCommand(
  options: CompileCommandOptions,
  { reporter }: CommandContext,
): number | undefined {
  return unlessFaulty(() => {
    const cache = cacheDirectory(options)
    const last = readLast(cache)
    if (!last || last.made !== askedKey(packageKey(), options)) return undefined
    const project = filesOfFolder(resolvePath(options.projectDir))
    const directory = targetDirectory(project, options)
    if (last.profile !== null) return undefined
    const made = recompile(last, project, directory)
    if (!made) return undefined
    if (made !== last) keepLast(cache, made)
    for (const { name, steps } of made.targets) sayCompiled(reporter, directory, name, steps)
    return 0
  })
}
