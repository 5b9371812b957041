// seshat check: types every statement on an empty database in memory, without a warehouse and a profile, and says what is
// wrong at the line of the file that a person has written. Leaves in target/ what compile does, with the lineage of columns.

import { writeTarget } from '../artifacts.js'
import { checkProject } from '../check/check.js'
import { fail } from '../diagnostics.js'
import { keepLineage } from '../project_lineage.js'
import { secondThread } from '../second_thread.js'
import { StateCache } from '../state_cache.js'
import { cacheDirectory, targetDirectory } from './folders.js'
import {
  type CommandContext,
  type CommonOptions,
  compileTargets,
  dialectNamed,
  everyTarget,
  openProject,
  untilInterrupted,
} from './session.js'

export interface CheckCommandOptions extends CommonOptions {
  readonly adapter?: string
}

/** @returns 0 where nothing is wrong, else 2 */
export async function checkCommand(
  options: CheckCommandOptions,
  { reporter, signal }: CommandContext,
): Promise<number> {
  const project = openProject(options)
  const targets = options.adapter
    ? [{ name: options.adapter, dialect: dialectNamed(options.adapter) }]
    : everyTarget()
  reporter.waiting('checking')
  const { select = [], exclude = [] } = options
  const { diagnostics, notes, typed, parsed, lineage } = await untilInterrupted(
    checkProject(project, {
      select,
      exclude,
      dialects: targets.map(({ dialect }) => dialect),
    }),
    signal,
  )
  // What was typed whole is what pages are made of.
  if (lineage && diagnostics.length + select.length + exclude.length === 0)
    keepLineage(project, options.vars, new StateCache(cacheDirectory(options)), { lineage, findings: 0 })
  if (!lineage && parsed.length === 0)
    fail('missing-parser', notes.join('; '), {
      hint: 'It is an optional package: npm install @polyglot-sql/sdk. Or check --adapter postgres.',
    })
  reporter.faults(diagnostics)
  for (const note of notes) reporter.say(note, 'not_checked', { note })
  await writeTarget(
    targetDirectory(project, options),
    compileTargets(project, options, targets),
    secondThread(0),
    { lineage },
  )
  const done = [
    ...(lineage ? [`${typed.length} models typed`] : []),
    ...(parsed.length > 0 ? [`grammar of ${parsed.join(' and ')} parsed`] : []),
  ].join(', ')
  const data = { typed: typed.length, parsed, findings: diagnostics.length }
  if (diagnostics.length > 0) {
    const found = `${diagnostics.length} ${diagnostics.length === 1 ? 'finding' : 'findings'}`
    reporter.answer(`\n${found}${done ? `; ${done}` : ''}`, 'checked', data)
    return 2
  }
  reporter.answer(`ok: ${done}`, 'checked', data)
  return 0
}
