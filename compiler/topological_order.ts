// Graph -> the order of its nodes: every node behind all that it depends on, always the same for the same graph.

import type { ProjectDag } from './graph.js'

/**
 * Kahn's algorithm; of several nodes that could be next, the least by `rank`. Nodes on a cycle, and behind one, are
 * left out. Iterative, since a chain of 10,000 models is no reason to run out of stack.
 */
export function topologicalOrder(
  graph: ProjectDag,
  rank: (id: string) => readonly [number, string],
): readonly string[] {
  const ranked = graph
    .nodes()
    .map(id => ({ id, rank: rank(id) }))
    .sort((a, b) => a.rank[0] - b.rank[0] || (a.rank[1] < b.rank[1] ? -1 : 1))
  const position = new Map(ranked.map(({ id }, index) => [id, index]))
  const waiting = ranked.map(({ id }) => (graph.predecessors(id) ?? []).length)
  const ready = ranked.flatMap((_, index) => (waiting[index] === 0 ? [index] : [])).reverse()
  const order: string[] = []
  for (let next = ready.pop(); next !== undefined; next = ready.pop()) {
    const id = ranked[next]?.id ?? ''
    order.push(id)
    for (const successor of graph.successors(id) ?? []) {
      const index = position.get(successor) ?? 0
      const left = (waiting[index] ?? 0) - 1
      waiting[index] = left
      if (left === 0) insertDescending(ready, index)
    }
  }
  return order
}

/** Keeps a list sorted with its least entry last, where it is taken from. */
export function insertDescending(sorted: number[], value: number): void {
  let [low, high] = [0, sorted.length]
  while (low < high) {
    const middle = (low + high) >> 1
    if ((sorted[middle] ?? 0) > value) low = middle + 1
    else high = middle
  }
  sorted.splice(low, 0, value)
}
