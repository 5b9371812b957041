// seshat compile: writes every statement that a run would execute to target/, without a connection.

import { join, relative } from 'node:path'
import { cwd } from 'node:process'
import { writeTarget } from '../artifacts.js'
import { CompileCache } from '../compile_cache.js'
import { folderWriter } from '../folder_writer.js'
import { cacheDirectory, targetDirectory } from './folders.js'
import {
  type CommandContext,
  type CommonOptions,
  compileTargets,
  dialectNamed,
  everyTarget,
  openProfile,
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
  const directory = targetDirectory(project, options)
  const chosen = targets()
  const cache = new CompileCache(
    cacheDirectory(options),
    chosen.map(({ name }) => name),
  )
  const writer = folderWriter(project.models.length)
  const compiled = await compileAndWrite().finally(() => writer.close())
  for (const [name, { plan }] of compiled) {
    const folder = join(relative(cwd(), directory), 'compiled', name)
    reporter.say(
      `Compiled ${plan.steps.length} ${plan.steps.length === 1 ? 'step' : 'steps'} for ${name} to ${folder}`,
      'compiled',
      {
        target: name,
        steps: plan.steps.length,
        folder,
      },
    )
  }
  return 0

  async function compileAndWrite() {
    const plans = compileTargets(project, options, chosen, cache.models)
    for (const { warnings } of plans.values()) reporter.faults(warnings)
    await writeTarget(directory, plans, writer, undefined, cache)
    cache.save()
    return plans
  }

  function targets() {
    if (options.allAdapters) return everyTarget()
    if (options.adapter) return [{ name: options.adapter, dialect: dialectNamed(options.adapter) }]
    const profile = openProfile(project, options, reporter)
    return [{ name: profile.target, dialect: profile.adapter.dialect }]
  }
}
