// seshat compile: writes every statement that a run would execute to target/, without a connection.

import { writeTarget } from '../artifacts.js'
import { CompileCache } from '../compile_cache.js'
import { boundHeapGrowth } from '../heap_growth.js'
import { askedKey, keepLast } from '../recompile/last_compilation.js'
import { CompilationNotes } from '../recompile/note_compilation.js'
import { sayCompiled } from '../recompile/say_compiled.js'
import { secondThread } from '../second_thread.js'
import { cacheDirectory, targetDirectory } from './folders.js'
import {
  type CommandContext,
  type CommonOptions,
  compileTargets,
  dialectNamed,
  everyTarget,
  openProject,
} from './session.js'

export interface CompileCommandOptions extends CommonOptions {
  readonly adapter?: string
  readonly allAdapters?: boolean
}

export async function compileCommand(
  options: CompileCommandOptions,
  { reporter }: CommandContext,
): Promise<number> {
  const project = openProject(options)
  boundHeapGrowth(project.models.length)
  const directory = targetDirectory(project, options)
  const chosen = await targets()
  const cache = new CompileCache(
    cacheDirectory(options),
    chosen.map(({ name }) => name),
  )
  const thread = secondThread(project.models.length)
  const compiled = await compileAndWrite().finally(() => thread.close())
  for (const [name, { plan }] of compiled) sayCompiled(reporter, directory, name, plan.steps.length)
  return 0

  async function compileAndWrite() {
    const plans = compileTargets(project, options, chosen, {
      kept: cache.models,
      parsed: (models, { backslashEscapes }) => thread.readSelects(models, backslashEscapes),
    })
    for (const { warnings } of plans.values()) reporter.faults(warnings)
    const key = askedKey(cache.made, options)
    const notes = key === undefined ? undefined : new CompilationNotes(key, profileName())
    await writeTarget(directory, plans, thread, { witness: notes })
    cache.save()
    const last = notes?.kept()
    if (last) keepLast(cacheDirectory(options), last)
    return plans
  }

  /** Of the profile that says what is compiled for. */
  function profileName(): string | null {
    return options.adapter || options.allAdapters ? null : (project.settings.profile ?? null)
  }

  async function targets() {
    if (options.allAdapters) return everyTarget()
    if (options.adapter) return [{ name: options.adapter, dialect: dialectNamed(options.adapter) }]
    const { openProfile } = await import('./open_profile.js')
    const profile = openProfile(project, options, reporter)
    return [{ name: profile.target, dialect: profile.adapter.dialect }]
  }
}
