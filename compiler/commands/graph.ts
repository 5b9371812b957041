// seshat graph: a selection as a picture, in DOT, Mermaid or SVG.

import { writeFileSync } from 'node:fs'
import { dirname } from 'node:path'
import { adapters } from '../../adapters/registry.js'
import { compileGraph } from '../compile.js'
import { fail } from '../diagnostics.js'
import { renderDot } from '../picture/dot.js'
import { renderMermaid } from '../picture/mermaid.js'
import { pictureOf } from '../picture/picture.js'
import { renderSvg } from '../picture/svg.js'
import { makeFolder } from '../text_folder.js'
import { resolvePath } from './folders.js'
import { type CommandContext, type CommonOptions, compileOptions, openProject } from './session.js'

const graphFormats = ['dot', 'mermaid', 'svg'] as const

export interface GraphOptions extends CommonOptions {
  readonly format: (typeof graphFormats)[number]
  readonly output?: string
}

export async function graphCommand(options: GraphOptions, { reporter }: CommandContext): Promise<number> {
  const project = openProject(options)
  const dialect = [...adapters.values()][0]?.dialect
  if (!dialect) return fail('unknown-adapter', 'there are no adapters')
  const compiled = compileGraph(project, compileOptions(options, dialect, dialect.name))
  reporter.faults(compiled.warnings)
  const picture = pictureOf(compiled, compiled.selected)
  const title = project.settings.name
  const text = {
    dot: () => renderDot(picture, title),
    mermaid: () => renderMermaid(picture),
    svg: () => renderSvg(picture, { title: `The graph of ${title}`, standalone: true }),
  }[options.format]()
  const data = { format: options.format, nodes: picture.nodes.length, edges: picture.edges.length }
  if (options.output === undefined) reporter.answer(text.trimEnd(), 'graph', { ...data, text })
  else {
    const path = resolvePath(options.output)
    try {
      makeFolder(dirname(path))
      writeFileSync(path, text)
    } catch (cause) {
      fail('unwritable-file', `${options.output} cannot be written`, { cause: (cause as Error).message })
    }
    reporter.say(`Wrote ${picture.nodes.length} nodes to ${options.output}`, 'graph', {
      ...data,
      file: options.output,
    })
  }
  return 0
}
