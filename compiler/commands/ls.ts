// seshat ls: what a selection holds, in the order in which it would run.

import { adapters } from '../../adapters/registry.js'
import { compileGraph } from '../compile.js'
import { fail } from '../diagnostics.js'
import { type CommandContext, type CommonOptions, compileOptions, openProject } from './session.js'

export interface LsOptions extends CommonOptions {
  readonly output: 'name' | 'path' | 'json'
}

export async function lsCommand(options: LsOptions, { reporter }: CommandContext): Promise<number> {
  const project = openProject(options)
  const dialect = [...adapters.values()][0]?.dialect
  if (!dialect) return fail('unknown-adapter', 'there are no adapters')
  const { graph, selected } = compileGraph(project, compileOptions(options, dialect, dialect.name))
  for (const id of selected) {
    const { kind, module, table } = graph.graph.node(id)
    const path = table?.model?.file ?? table?.seed?.path
    const node = {
      name: id,
      kind,
      module: module?.name ?? null,
      materialized: table?.kind ?? null,
      path: path ?? null,
    }
    if (options.output === 'path' && path === undefined) continue
    const text = { name: id, path: path ?? '', json: JSON.stringify(node) }[options.output]
    reporter.answer(text, 'node', node)
  }
  return 0
}
