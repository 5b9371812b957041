// seshat compile where the last one made nearly the same: it loads nothing of what compiles.

import { Faults } from '../diagnostics.js'
import { filesOfFolder, type ProjectFiles } from '../project_files.js'
import { askedKey, keepLast, type LastCompilation, readLast } from '../recompile/last_compilation.js'
import { recompile } from '../recompile/recompile.js'
import { sayCompiled } from '../recompile/say_compiled.js'
import { packageKey } from '../state_cache.js'
import { isSystemError } from '../system_errors.js'
import type { CompileCommandOptions } from './compile.js'
import { cacheDirectory, resolvePath, targetDirectory } from './folders.js'
import type { CommandContext } from './session.js'

/**
 * @returns the exit code; undefined where the project has to be compiled, which finds the words for whatever cannot be read or
 * written
 */
export async function recompileCommand(
  options: CompileCommandOptions,
  context: CommandContext,
): Promise<number | undefined> {
  try {
    return await unlessFaulty(options, context)
  } catch (cause) {
    if (cause instanceof Faults || isSystemError(cause)) return undefined
    throw cause
  }
}

/** @throws Faults, and what the system says */
async function unlessFaulty(
  options: CompileCommandOptions,
  context: CommandContext,
): Promise<number | undefined> {
  const project = filesOfFolder(resolvePath(options.projectDir))
  const cache = cacheDirectory(options)
  const last = readLast(cache)
  if (!last || last.made !== askedKey(packageKey(), options)) return undefined
  const directory = targetDirectory(project, options)
  if (last.profile !== null && !(await isSameTarget(last, project, options, context))) return undefined
  const made = recompile(last, project, directory)
  if (!made) return undefined
  if (made !== last) keepLast(cache, made)
  for (const { name, steps } of made.targets) sayCompiled(context.reporter, directory, name, steps)
  return 0
}

/** Whether the profile that seshat.yml named, as it still does where nothing but models was edited, says what it said. */
async function isSameTarget(
  { profile: named, targets }: LastCompilation,
  files: ProjectFiles,
  options: CompileCommandOptions,
  { reporter }: CommandContext,
): Promise<boolean> {
  const { readProfile } = await import('./open_profile.js')
  const { parseYaml } = await import('../yaml_file.js')
  const project = {
    directory: files.directory,
    yaml: parseYaml(files.settings()),
    settings: { profile: named ?? undefined },
  }
  const { profile, warnings } = readProfile(project, options, reporter)
  const [target] = targets
  const isSame = target?.name === profile.target && target.adapter === profile.adapter.dialect.name
  return isSame && warnings.length === 0
}
