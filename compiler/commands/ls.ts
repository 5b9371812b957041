// seshat ls: what a selection holds, in the order in which it would run.

import { adapters } from '../../adapters/registry.js'
import { compileGraph } from '../compile.js'
import { fail } from '../diagnostics.js'
import { printableLine } from '../printable_text.js'
import type { ChangedNode } from '../select.js'
import { fileOf } from '../select_names.js'
import { type CommandContext, type CommonOptions, compileOptions, openProject } from './session.js'

export interface LsOptions extends CommonOptions {
  readonly output: 'name' | 'path' | 'json'
  readonly explain?: boolean
}

export async function lsCommand(options: LsOptions, { reporter }: CommandContext): Promise<number> {
  const project = openProject(options)
  const dialect = [...adapters.values()][0]?.dialect
  if (!dialect) return fail('unknown-adapter', 'there are no adapters')
  const compiling = { ...compileOptions(options, dialect, dialect.name), tests: 'data' as const }
  const { graph, selected } = compileGraph(project, { ...compiling, standardUnitTests: true })
  if (options.explain && !compiling.changed)
    fail('bad-usage', '--explain needs something to compare with', {
      hint: 'Add --state with a git ref, the folder of a project, or a target folder.',
    })
  for (const id of selected) {
    const { kind, module, table } = graph.graph.node(id)
    const path = fileOf(graph.graph.node(id))
    const node = {
      name: id,
      kind,
      module: module?.name ?? null,
      materialized: table?.kind ?? null,
      path: path ?? null,
    }
    if (options.output === 'path' && path === undefined) continue
    const why = options.explain ? reasonOf(compiling.changed?.get(id)) : undefined
    const told = why === undefined ? node : { ...node, why }
    const text = { name: id, path: printableLine(path ?? ''), json: JSON.stringify(told) }[options.output]
    const suffix = why === undefined || options.output === 'json' ? '' : `  ${why}`
    reporter.answer(text + suffix, 'node', told)
  }
  return 0
}

/** Why a node was chosen: its own change, or that of another one. */
const reasonOf = (change: ChangedNode | undefined): string =>
  change
    ? `${change.classes.join(', ')}: ${change.causes.map(({ name }) => printableLine(name)).join(', ')}`
    : 'unchanged: beside what changed'
