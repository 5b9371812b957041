// seshat diff: compiles the project and what it is compared with, without a connection, and says what of the executed plan
// has changed, why, and what lies downstream.

import { createColors } from 'picocolors'
import type { ComparedState, ComparedTarget } from '../base_state.js'
import { changesAgainst } from '../compare.js'
import { fail } from '../diagnostics.js'
import { type ChangeClass, changeClasses, type NodeChange } from '../diff_states.js'
import { nearest } from '../nearest.js'
import { type DiffInput, diffJson, diffMarkdown, diffText } from '../render_diff.js'
import { cacheDirectory, resolvePath } from './folders.js'
import { type CommandContext, type CommonOptions, dialectNamed, everyTarget } from './session.js'

export interface DiffOptions extends CommonOptions {
  readonly base?: string
  readonly state?: string
  readonly adapter?: string
  readonly format: 'text' | 'markdown' | 'json'
  readonly exitCode?: boolean
  readonly failOn?: readonly string[]
}

/** @returns 4 with --exit-code where anything has changed, with --fail-on where one of its classes has; else 0 */
export async function diffCommand(options: DiffOptions, { reporter }: CommandContext): Promise<number> {
  const failing = failingClasses(options.failOn ?? [])
  const base = options.base ?? options.state
  if (base === undefined)
    return fail('bad-usage', 'diff needs something to compare with', {
      hint: 'seshat diff --base main (or the folder of a project, or a target folder)',
    })
  const directory = resolvePath(options.projectDir)
  const wanted: readonly ComparedTarget[] = options.adapter
    ? [{ name: options.adapter, dialect: dialectNamed(options.adapter) }]
    : everyTarget()
  const { before, after, targets, changes } = changesAgainst(
    base,
    directory,
    options.vars,
    wanted,
    cacheDirectory(options),
  )
  const input: DiffInput = {
    base,
    adapters: targets.map(({ name }) => name),
    changes,
    textsOf: change => textsOf(before, after, change),
  }
  if (options.format === 'text')
    for (const line of diffText(input, createColors(reporter.color))) reporter.answer(line, 'diff', {})
  else reporter.print(options.format === 'json' ? diffJson(input) : diffMarkdown(input))
  const fails = options.exitCode ? changes.length > 0 : false
  return fails || changes.some(({ classes }) => classes.some(kind => failing.has(kind))) ? 4 : 0
}

function failingClasses(texts: readonly string[]): ReadonlySet<ChangeClass> {
  const words = texts.flatMap(text => text.split(/[\s,]+/)).filter(word => word !== '')
  for (const word of words)
    if (!changeClasses.some(kind => kind === word))
      fail('bad-usage', `--fail-on: '${word}' is no class of changes`, {
        hint: nearest(word, changeClasses).hint ?? `There are ${changeClasses.join(', ')}.`,
      })
  return new Set(changeClasses.filter(kind => words.includes(kind)))
}

function textsOf(before: ComparedState, after: ComparedState, { name, adapter }: NodeChange) {
  const text = ({ state, textOf }: ComparedState): string | undefined => {
    const node = state.targets[adapter]?.nodes.find(other => other.name === name)
    return node && textOf(adapter, node)
  }
  return { base: text(before), head: text(after) }
}
