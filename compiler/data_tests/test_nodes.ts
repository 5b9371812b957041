// Data tests as nodes of the graph: each behind what it reads, and before what is downstream of all of that, so that failing
// rows hold up whoever would read them. They are put into an order that stands, so that a test does not move a model.

import type { Place } from '../diagnostics.js'
import type { GraphNode, ProjectDag } from '../graph.js'
import { topologicalOrder } from '../topological_order.js'

export interface TestNode {
  readonly node: GraphNode
  /** What it waits for: what makes the tables that it reads. */
  readonly behind: readonly { readonly id: string; readonly at: Place }[]
  /** The complete steps that empty or drop what it reads. */
  readonly before: readonly string[]
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
  const reach = new Reach(graph)
  const edges = tests.flatMap(({ node, behind }) => heldUp(reach, behind).map(id => [node.id, id] as const))
  for (const { node, behind } of tests) {
    graph.setNode(node.id, node)
    for (const { id, at } of behind) graph.setEdge(id, node.id, { at })
    position.set(node.id, Math.max(-1, ...behind.map(({ id }) => position.get(id) ?? -1)) + 0.5)
  }
  for (const [test, id] of edges) graph.setEdge(test, id, { at: undefined })
  // It has to look before they are gone, unless it waits for them.
  for (const { node, before } of tests)
    for (const id of before)
      if (!new Reach(graph).after(id).has(node.id)) graph.setEdge(node.id, id, { at: undefined })
  return topologicalOrder(graph, id => [position.get(id) ?? -1, id])
}

/** The first nodes behind all of what a test waits for; all others behind it come behind one of them. */
function heldUp(reach: Reach, behind: TestNode['behind']): readonly string[] {
  const [first, ...others] = [...new Set(behind.map(({ id }) => id))]
  if (first === undefined) return []
  if (others.length === 0) return reach.next(first)
  const common = new Set(
    [...reach.after(first)].filter(id => others.every(other => reach.after(other).has(id))),
  )
  return [...common].filter(id => !reach.before(id).some(other => common.has(other))).sort()
}

/** What lies behind a node, as the graph is without tests. */
class Reach {
  readonly #known = new Map<string, ReadonlySet<string>>()

  constructor(private readonly graph: ProjectDag) {}

  next(id: string): readonly string[] {
    return this.graph.successors(id) ?? []
  }

  before(id: string): readonly string[] {
    return this.graph.predecessors(id) ?? []
  }

  after(id: string): ReadonlySet<string> {
    const known = this.#known.get(id)
    if (known) return known
    const found = new Set(this.next(id))
    for (const other of found) for (const next of this.next(other)) found.add(next)
    this.#known.set(id, found)
    return found
  }
}
