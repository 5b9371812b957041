// Tests in a selection: which come along with the models that are chosen, and which have to be asked for.

import type { ProjectGraph } from './graph.js'
import { matcher, parseAtom } from './select_atoms.js'

/** A data test comes along with each model that it reads, and with a seed that fills a source which it reads. */
export function withDataTests(
  { graph, order, catalog }: ProjectGraph,
  chosen: ReadonlySet<string>,
): Set<string> {
  const tests = order.filter(id => {
    const { kind, table } = graph.node(id)
    if (kind !== 'test') return false
    const seeds = (graph.predecessors(id) ?? []).filter(before => graph.node(before).kind === 'seed')
    const read = (table?.model?.refs ?? []).map(({ name }) => catalog.tables.get(name)?.model?.name ?? name)
    return [...read, ...seeds].some(name => chosen.has(name))
  })
  return new Set([...chosen, ...tests])
}

/** The unit tests of the standard model say what it means; whoever uses it has no need to run them. */
export const isStandardTest = ({ graph }: ProjectGraph, id: string): boolean =>
  graph.node(id).unitTest?.standard === true

export const allButStandardTests = (project: ProjectGraph): Set<string> =>
  new Set(project.order.filter(id => !isStandardTest(project, id)))

/** A word asks for them by name, `sessions.first_page`, or `module:sessions,resource_type:unit_test`. */
export function asksForStandardTests(project: ProjectGraph, parts: readonly string[]): boolean {
  if (parts.length > 1 && parts.includes('resource_type:unit_test')) return true
  return parts.some(part => {
    const { core } = parseAtom(part)
    const matches = matcher(core)
    return core.includes('.') && project.order.some(id => matches(id) && isStandardTest(project, id))
  })
}

/** A model brings its unit tests along, but those of the standard model. */
export function withUnitTests(project: ProjectGraph, chosen: ReadonlySet<string>): ReadonlySet<string> {
  const tests = [...chosen].flatMap(id =>
    (project.graph.predecessors(id) ?? []).filter(
      before => project.graph.node(before).kind === 'unit_test' && !isStandardTest(project, before),
    ),
  )
  return new Set([...chosen, ...tests])
}
