// The graph of a project -> what a person wants to see of it: tables and steps as nodes, who reads whom as edges, modules as
// boxes. An edge of the graph that only says what comes first is kept where no other path says so already.

import { isStaged, stagedBeside, type Table } from '../catalog.js'
import type { Compiled } from '../compile.js'
import { sqlName } from '../relation.js'

export type PictureKind = 'seed' | 'source' | 'external' | 'model' | 'custom' | 'test' | 'step' | 'complete'

export interface PictureNode {
  /** That of the graph; of a source its name in SQL templates, `atomic.events`. */
  readonly id: string
  readonly kind: PictureKind
  /** In a few words: its materialization, or what it is instead. */
  readonly label: string
  /** The box that it stands in. */
  readonly box: string
}

export interface PictureEdge {
  readonly from: string
  readonly to: string
  /** `data`: the one is read by the other. `order`: it only has to come first. */
  readonly kind: 'data' | 'order'
}

export interface Picture {
  /** In the order in which they run; sources first. */
  readonly nodes: readonly PictureNode[]
  readonly edges: readonly PictureEdge[]
  readonly boxes: readonly string[]
}

export const sourcesBox = 'sources'
/** What Seshat keeps of its own. */
export const keptBox = 'metadata'
export const seedsBox = 'seeds'
/** Models that read no module. */
export const customBox = 'custom'

/** What a model reads, as nodes of the picture: tables that stand beside another one are that one. */
export function readsOf(compiled: Compiled, table: Table | undefined): readonly string[] {
  const { catalog } = compiled.graph
  if (!table?.model) return []
  const names = table.model.refs.map(({ name }) => {
    const found = catalog.tables.get(name)
    if (found?.kind === 'replaced') return found.model?.name ?? name
    return found?.kind === 'removed' && isStaged(found) ? stagedBeside(found) : name
  })
  const sources = table.model.sources.map(source => `${source.name}.${source.table}`)
  return [...new Set([...names, ...sources])].filter(name => name !== table.name)
}

/** The part of the graph that `selected` names, with the tables of others that it reads. */
export function pictureOf(compiled: Compiled, selected: readonly string[]): Picture {
  const { graph, order } = compiled.graph
  const chosen = new Set(selected)
  const inside = order
    .filter(id => chosen.has(id) && graph.node(id).kind !== 'unit_test')
    .map(id => inner(compiled, id))
  const data = inside.flatMap(({ id }) =>
    readsOf(compiled, graph.node(id).table).map((from): PictureEdge => ({ from, to: id, kind: 'data' })),
  )
  const outside = outerNodes(compiled, data)
  const known = new Set([...outside, ...inside].map(({ id }) => id))
  const edges = [...data.filter(({ from }) => known.has(from)), ...seedEdges(compiled, known)]
  const nodes = [...outside, ...inside]
  return {
    nodes,
    edges: [...edges, ...orderEdges(compiled, known, edges)],
    boxes: [...new Set(nodes.map(({ box }) => box))],
  }
}

function inner(compiled: Compiled, id: string): PictureNode {
  const { kind, module, custom, table } = compiled.graph.graph.node(id)
  if (kind === 'seed') return { id, kind, label: 'seed', box: seedsBox }
  const box = module?.name ?? customBox
  if (kind === 'test') return { id, kind, label: 'test', box }
  if (kind === 'complete') return { id, kind, label: 'complete', box }
  if (kind !== 'model') return { id, kind: 'step', label: kind, box }
  return { id, kind: custom ? 'custom' : 'model', label: table?.kind ?? 'model', box }
}

/** Sources and tables that somebody else fills, as far as they are read. */
function outerNodes({ graph }: Compiled, edges: readonly PictureEdge[]): readonly PictureNode[] {
  const read = [...new Set(edges.map(({ from }) => from))].filter(name => !graph.graph.hasNode(name)).sort()
  return read.flatMap((id): readonly PictureNode[] => {
    if (graph.catalog.sources.has(id)) return [sourceNode(id)]
    const table = graph.catalog.tables.get(id)
    if (!table) return []
    if (table.kind === 'private') return [keptNode(id)]
    return [{ id, kind: 'external', label: 'filled by others', box: table.module?.name ?? sourcesBox }]
  })
}

/** Of a table that the project reads and does not make. */
export const sourceNode = (id: string): PictureNode => ({
  id,
  kind: 'source',
  label: 'source',
  box: sourcesBox,
})

/** Of a table that Seshat keeps of its own. */
export const keptNode = (id: string): PictureNode => ({
  id,
  kind: 'external',
  label: 'kept by Seshat',
  box: keptBox,
})

/** A seed that fills a source. */
function seedEdges({ graph }: Compiled, known: ReadonlySet<string>): readonly PictureEdge[] {
  return [...graph.catalog.tables.values()]
    .filter(table => table.seed && known.has(table.name))
    .flatMap(table =>
      [...graph.catalog.sources]
        .filter(([name, relation]) => known.has(name) && sqlName(relation) === sqlName(table.relation))
        .map(([to]): PictureEdge => ({ from: table.name, to, kind: 'data' })),
    )
}

/** Edges of the graph that no other path of the picture implies. */
function orderEdges(
  { graph: { graph, order } }: Compiled,
  known: ReadonlySet<string>,
  data: readonly PictureEdge[],
): readonly PictureEdge[] {
  const next = new Map<string, Set<string>>()
  const add = (from: string, to: string): boolean => {
    const targets = next.get(from) ?? new Set()
    next.set(from, targets)
    if (targets.has(to)) return false
    targets.add(to)
    return true
  }
  for (const { from, to } of data) add(from, to)
  const candidates = graph
    .edges()
    .filter(({ v, w }) => known.has(v) && known.has(w))
    .filter(({ v, w }) => add(v, w))
  const position = new Map(order.map((id, index) => [id, index]))
  return candidates
    .filter(({ v, w }) => !isImplied(next, position, v, w))
    .map(({ v, w }): PictureEdge => ({ from: v, to: w, kind: 'order' }))
    .sort((a, b) => (`${a.from} ${a.to}` < `${b.from} ${b.to}` ? -1 : 1))
}

/**
 * Whether there is a way from one to the other that is longer than the edge between them. No way leads back in the order in
 * which they run.
 */
function isImplied(
  next: ReadonlyMap<string, ReadonlySet<string>>,
  position: ReadonlyMap<string, number>,
  from: string,
  to: string,
): boolean {
  const last = position.get(to) ?? Number.POSITIVE_INFINITY
  const seen = new Set<string>()
  const queue = [...(next.get(from) ?? [])].filter(id => id !== to)
  for (let id = queue.pop(); id !== undefined; id = queue.pop()) {
    if (id === to) return true
    if (seen.has(id) || (position.get(id) ?? 0) > last) continue
    seen.add(id)
    queue.push(...(next.get(id) ?? []))
  }
  return false
}
