// seshat compile: writes every statement that a run would execute to target/, without a connection.

import { join, relative } from 'node:path'
import { cwd } from 'node:process'
import { adapters } from '../../adapters/registry.js'
import { writeCompiled, writeManifest } from '../artifacts.js'
import { type CompiledPlan, compilePlan } from '../compile.js'
import {
  type CommandContext,
  type CommonOptions,
  compileOptions,
  dialectNamed,
  openProfile,
  openProject,
  targetDirectory,
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
  const compiled = targets().map(({ name, dialect }): [string, CompiledPlan] => {
    const plan = compilePlan(project, compileOptions(options, dialect, name))
    reporter.faults(plan.warnings)
    writeCompiled(directory, name, plan)
    const folder = join(relative(cwd(), directory), 'compiled', name)
    reporter.say(`Compiled ${plan.plan.steps.length} steps for ${name} to ${folder}`, 'compiled', {
      target: name,
      steps: plan.plan.steps.length,
      folder,
    })
    return [name, plan]
  })
  writeManifest(directory, new Map(compiled))
  return 0

  function targets() {
    if (options.allAdapters) {
      const dialects = new Map([...adapters.values()].map(adapter => [adapter.dialect.name, adapter.dialect]))
      return [...dialects].map(([name, dialect]) => ({ name, dialect }))
    }
    if (options.adapter) return [{ name: options.adapter, dialect: dialectNamed(options.adapter) }]
    const profile = openProfile(project, options, reporter)
    return [{ name: profile.target, dialect: profile.adapter.dialect }]
  }
}
