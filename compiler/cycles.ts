// Cycles of the graph, each as the closed path of its refs with file and line.

import { alg } from '@dagrejs/graphlib'
import { type Diagnostic, error } from './diagnostics.js'
import type { ProjectDag } from './graph.js'

/** One `cycle` diagnostic for each group of nodes that wait for each other, with a shortest closed path through it. */
export function describeCycles(graph: ProjectDag): readonly Diagnostic[] {
  return alg
    .findCycles(graph)
    .map(group => describeCycle(graph, shortestCycle(graph, new Set(group))))
    .sort((a, b) => (a.message < b.message ? -1 : 1))
}

function shortestCycle(graph: ProjectDag, group: ReadonlySet<string>): readonly string[] {
  const start = [...group].sort()[0] ?? ''
  const from = new Map<string, string>()
  const queue = [start]
  for (let next = queue.shift(); next !== undefined; next = queue.shift()) {
    for (const successor of (graph.successors(next) ?? []).filter(id => group.has(id)).sort()) {
      if (successor === start) return pathTo(from, start, next)
      if (from.has(successor)) continue
      from.set(successor, next)
      queue.push(successor)
    }
  }
  return [start]
}

function pathTo(from: ReadonlyMap<string, string>, start: string, end: string): readonly string[] {
  const path: string[] = []
  for (let node: string | undefined = end; node !== undefined && node !== start; node = from.get(node))
    path.unshift(node)
  return [start, ...path]
}

function describeCycle(graph: ProjectDag, path: readonly string[]): Diagnostic {
  const closed = [...path, path[0] ?? '']
  const steps = closed.slice(1).map((to, index) => ({ from: closed[index] ?? '', to }))
  const places = steps.flatMap(({ from, to }) => {
    const at = graph.edge(from, to)?.at
    return at ? [{ at, message: `${to} reads ${from}` }] : []
  })
  const [first, ...related] = places
  if (path.length === 1)
    return error('cycle', `'${path[0]}' refers to itself`, {
      ...(first ? { at: first.at } : {}),
      hint: 'The rows of its table as it stands are {{ this }}.',
    })
  const waits = steps
    .filter(({ from, to }) => !graph.edge(from, to)?.at)
    .map(({ from, to }) => `${to} waits for ${from}`)
  return error('cycle', `these wait for each other: ${closed.join(' -> ')}`, {
    ...(first ? { at: first.at } : {}),
    related,
    hint: `Take out one of the refs${waits.length > 0 ? `; the life cycle adds: ${waits.join(', ')}` : ''}.`,
  })
}
