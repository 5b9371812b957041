// seshat check: types every statement on an empty database in memory, without a warehouse and a profile, and says what is
// wrong at the line of the file that a person has written.

import { checkProject } from '../check/check.js'
import {
  type CommandContext,
  type CommonOptions,
  dialectNamed,
  openProject,
  targetDirectory,
} from './session.js'

export interface CheckCommandOptions extends CommonOptions {
  readonly adapter?: string
}

/** @returns 0 where nothing is wrong, else 2 */
export async function checkCommand(
  options: CheckCommandOptions,
  { reporter }: CommandContext,
): Promise<number> {
  const project = openProject(options)
  void targetDirectory
  reporter.waiting('checking')
  const { diagnostics, notes, checked } = await checkProject(project, {
    select: options.select ?? [],
    exclude: options.exclude ?? [],
    adapters: options.adapter ? [dialectNamed(options.adapter).name] : undefined,
  })
  for (const note of notes) reporter.say(note, 'note')
  reporter.faults(diagnostics)
  const errors = diagnostics.filter(({ severity }) => severity === 'error').length
  if (errors > 0) return 2
  reporter.answer(`ok: ${checked.length} models checked`, 'checked', { models: checked })
  return 0
}
