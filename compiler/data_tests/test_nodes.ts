// Data tests as nodes of the graph: each behind what it reads, and before what is downstream of all of that, so that failing
// rows hold up whoever would read them. They are put into an order that stands, so that a test does not move a model.

import type { Place } from '../diagnostics.js'
import type { GraphNode, ProjectDag } from '../graph.js'
import type { ParsedModel } from '../parse.js'
import { topologicalOrder } from '../topological_order.js'

export interface TestNode {
  readonly node: GraphNode
  /** What it waits for: what makes the tables that it reads. */
  readonly behind: readonly { readonly id: string; readonly at: Place }[]
  /** Of each source that it is about and that nothing here fills: who reads it. */
  readonly readers: readonly (readonly string[])[]
  /** The complete steps that empty or drop what it reads. */
  readonly before: readonly string[]
}

/**
 * Who reads the sources that a test is about, for each of them.
 * @param all it reads nothing that is made: then it is about every source that it reads
 * @param isFilled whether a seed of the project fills a source: then the test is behind that
 */
export function sourceReaders(
  { sources, test }: ParsedModel,
  models: readonly ParsedModel[],
  all: boolean,
  isFilled: (source: string, table: string) => boolean,
): TestNode['readers'] {
  return sources
    .filter(({ name, table }) => all || test?.ofSource === `${name}.${table}`)
    .filter(({ name, table }) => !isFilled(name, table))
    .map(({ name, table }) =>
      models
        .filter(
          model => !model.test && model.sources.some(read => read.name === name && read.table === table),
        )
        .map(model => model.name),
    )
}

/**
 * Adds tests to a graph without any.
 * @param order of its nodes
 * @returns the order with each test right behind the last that it waits for
 */
export function addTests(
  graph: ProjectDag,
  order: readonly string[],
  tests: readonly TestNode[],
): readonly string[] {
  const position = new Map(order.map((id, index) => [id, index]))
  const edges = heldUpBy(graph, tests)
  for (const { node, behind } of tests) {
    graph.setNode(node.id, node)
    for (const { id, at } of behind) graph.setEdge(id, node.id, { at })
    position.set(node.id, Math.max(-1, ...behind.map(({ id }) => position.get(id) ?? -1)) + 0.5)
  }
  for (const [test, id] of edges) graph.setEdge(test, id, { at: undefined })
  // It has to look before they are gone, unless it waits for them.
  for (const { node, before } of tests)
    for (const id of before)
      if (!downstreamOf(graph, id).has(node.id)) graph.setEdge(node.id, id, { at: undefined })
  return topologicalOrder(graph, id => [position.get(id) ?? -1, id])
}

/** For each test the first nodes behind all that it reads; all others behind that come behind one of them. */
function heldUpBy(
  graph: ProjectDag,
  tests: readonly TestNode[],
): readonly (readonly [test: string, node: string])[] {
  const known = new Map<string, ReadonlySet<string>>()
  const downstream = (id: string): ReadonlySet<string> => {
    const found = known.get(id) ?? downstreamOf(graph, id)
    known.set(id, found)
    return found
  }
  const withAllBehind = (ids: readonly string[]): ReadonlySet<string> =>
    new Set([...ids, ...ids.flatMap(id => [...downstream(id)])])
  const firstBehind = ([first, ...others]: readonly (readonly string[])[]): readonly string[] => {
    if (first === undefined || others.length === 0) return first ?? []
    const sets = others.map(withAllBehind)
    const common = new Set([...withAllBehind(first)].filter(id => sets.every(set => set.has(id))))
    return [...common].filter(id => !graph.predecessors(id)?.some(other => common.has(other))).sort()
  }
  return tests.flatMap(({ node, behind, readers }) => {
    const makers = [...new Set(behind.map(({ id }) => id))]
    const next = [...makers.map(id => graph.successors(id) ?? []), ...readers]
    return firstBehind(next).map(id => [node.id, id] as const)
  })
}

function downstreamOf(graph: ProjectDag, id: string): ReadonlySet<string> {
  const found = new Set(graph.successors(id) ?? [])
  for (const other of found) for (const next of graph.successors(other) ?? []) found.add(next)
  return found
}
