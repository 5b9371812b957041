// Picture -> where everything stands. Each box is laid out by itself, then the boxes as nodes of a graph of their own: so
// boxes never overlap, and a large project takes seconds. dagre leads a line through every rank that it passes; of a large box
// the longest lines are led around the others instead.

import { layout } from '@dagrejs/dagre'
import { Graph } from '@dagrejs/graphlib'
import type { Picture, PictureEdge, PictureNode } from './picture.js'

export interface Point {
  readonly x: number
  readonly y: number
}

/** By its upper left corner. */
interface Area extends Point {
  readonly width: number
  readonly height: number
}

export interface Layout {
  readonly width: number
  readonly height: number
  readonly boxes: readonly (Area & { readonly name: string })[]
  readonly nodes: readonly (Area & { readonly node: PictureNode })[]
  readonly edges: readonly { readonly edge: PictureEdge; readonly points: readonly Point[] }[]
}

const nodeHeight = 40
const characterWidth = 7.9
const margin = 24
const boxPadding = 20
const boxTitle = 26
/** Beyond this many nodes the best ranks take too long. */
const manyNodes = 400
/** Ranks that all lines of a box together may pass: each is one more node to dagre, and to its time. */
const mostPassed = 2_000

const nodeSize = ({ id, label }: PictureNode): { width: number; height: number } => ({
  width: Math.round(Math.max(90, 26 + characterWidth * Math.max(id.length, label.length * 0.85))),
  height: nodeHeight,
})

export function layoutOf(picture: Picture): Layout {
  const inner = new Map(picture.boxes.map(box => [box, layoutBox(picture, box)]))
  const corners = placeBoxes(picture, inner)
  const nodes = new Map<string, Area & { node: PictureNode }>()
  const edges: { edge: PictureEdge; points: readonly Point[] }[] = []
  for (const [name, box] of inner) {
    const corner = corners.get(name) ?? { x: 0, y: 0 }
    for (const { node, ...area } of box.nodes)
      nodes.set(node.id, { node, ...area, x: area.x + corner.x, y: area.y + corner.y })
    for (const { edge, points } of box.edges)
      edges.push({ edge, points: points.map(({ x, y }) => ({ x: x + corner.x, y: y + corner.y })) })
  }
  for (const edge of picture.edges) {
    const [from, to] = [nodes.get(edge.from), nodes.get(edge.to)]
    if (from && to && from.node.box !== to.node.box) edges.push({ edge, points: between(from, to) })
  }
  const boxes = [...inner].map(([name, { width, height }]) => ({
    name,
    width,
    height,
    ...(corners.get(name) ?? { x: 0, y: 0 }),
  }))
  return {
    width: Math.max(1, ...boxes.map(({ x, width }) => x + width + margin)),
    height: Math.max(1, ...boxes.map(({ y, height }) => y + height + margin)),
    boxes,
    nodes: [...nodes.values()],
    edges,
  }
}

interface BoxLayout {
  readonly width: number
  readonly height: number
  readonly nodes: readonly (Area & { readonly node: PictureNode })[]
  readonly edges: readonly { readonly edge: PictureEdge; readonly points: readonly Point[] }[]
}

interface Settings {
  readonly rankdir: 'TB' | 'LR'
  readonly nodesep: number
  readonly ranksep: number
  readonly ranker?: 'longest-path' | 'network-simplex'
}
/** By its middle, which `layout` fills in. */
interface Placed extends Area {}
type DagreGraph = Graph<object, Placed, { points: readonly Point[] }>

const newGraph = (settings: Settings): DagreGraph =>
  new Graph<object, Placed, { points: readonly Point[] }>()
    .setGraph({ edgesep: 10, ...settings })
    .setDefaultEdgeLabel(() => ({ points: [] }))
const unplaced = (size: { width: number; height: number }): Placed => ({ ...size, x: 0, y: 0 })

function layoutBox(picture: Picture, box: string): BoxLayout {
  const members = picture.nodes.filter(node => node.box === box)
  const ids = new Set(members.map(({ id }) => id))
  const edges = picture.edges.filter(({ from, to }) => ids.has(from) && ids.has(to))
  const graph = newGraph({
    rankdir: 'TB',
    nodesep: 18,
    ranksep: 34,
    ranker: members.length > manyNodes ? 'longest-path' : 'network-simplex',
  })
  const linked = new Set(edges.flatMap(({ from, to }) => [from, to]))
  const { led, around } = partedBySpan(members, edges)
  for (const node of members) if (linked.has(node.id)) graph.setNode(node.id, unplaced(nodeSize(node)))
  for (const { from, to } of led) graph.setEdge(from, to)
  layout(graph)
  const bends = led.flatMap(({ from, to }) => graph.edge(from, to).points.map(({ x }) => x))
  // dagre moves nodes to the right of zero, and lines that it leads on their left beyond it.
  const beyond = bends.reduce((least, x) => Math.min(least, x), 0)
  const shift = { x: boxPadding - round(beyond), y: boxPadding + boxTitle }
  const placed = members
    .filter(({ id }) => linked.has(id))
    .map(node => {
      const { x, y, width, height } = graph.node(node.id)
      return { node, width, height, x: round(x - width / 2 + shift.x), y: round(y - height / 2 + shift.y) }
    })
  const below = Math.max(shift.y - 14, ...placed.map(({ y, height }) => y + height))
  const loose = columnOf(
    members.filter(({ id }) => !linked.has(id)),
    { x: shift.x, y: below + 14 },
  )
  const nodes = [...placed, ...loose]
  const areas = new Map(placed.map(area => [area.node.id, area]))
  const lines = edges.map(edge => {
    const [from, to] = [areas.get(edge.from), areas.get(edge.to)]
    if (from && to && around.has(edge)) return { edge, points: bow(from, to) }
    const points = graph.edge(edge.from, edge.to).points
    return { edge, points: points.map(({ x, y }) => ({ x: round(x + shift.x), y: round(y + shift.y) })) }
  })
  const rightmost = [
    ...nodes.map(({ x, width }) => x + width),
    ...lines.flatMap(({ points }) => points.map(({ x }) => x)),
  ]
  return {
    width: most(120, rightmost) + boxPadding,
    height:
      most(
        0,
        nodes.map(({ y, height }) => y + height),
      ) + boxPadding,
    nodes,
    edges: lines,
  }
}

/** A curve that leaves and arrives on the right, the further out the longer it is. */
function bow(from: Area, to: Area): readonly Point[] {
  const start = { x: from.x + from.width, y: from.y + from.height / 2 }
  const end = { x: to.x + to.width, y: to.y + to.height / 2 }
  const out = Math.max(start.x, end.x) + 40 + Math.sqrt(Math.abs(end.y - start.y)) * 3
  return [start, { x: round(out), y: start.y }, { x: round(out), y: end.y }, end]
}

/** Of more values than a call takes arguments. */
const most = (least: number, values: readonly number[]): number =>
  values.reduce((greatest, value) => Math.max(greatest, value), least)

/** Lines that dagre leads, and the longest ones, which would pass too many ranks. */
function partedBySpan(
  members: readonly PictureNode[],
  edges: readonly PictureEdge[],
): { readonly led: readonly PictureEdge[]; readonly around: ReadonlySet<PictureEdge> } {
  const ranks = ranksOf(members, edges)
  const passed = ({ from, to }: PictureEdge): number => (ranks.get(to) ?? 0) - (ranks.get(from) ?? 0) - 1
  const shortestFirst = [...edges].sort((a, b) => passed(a) - passed(b))
  let sum = 0
  const fits = shortestFirst.findIndex(edge => {
    sum += Math.max(0, passed(edge))
    return sum > mostPassed
  })
  if (fits === -1) return { led: edges, around: new Set() }
  const longest = passed(shortestFirst[fits] as PictureEdge)
  const around = new Set(edges.filter(edge => passed(edge) >= longest))
  return { led: edges.filter(edge => !around.has(edge)), around }
}

/** How many nodes there are above each, on the longest way. Members come in the order in which they run. */
function ranksOf(
  members: readonly PictureNode[],
  edges: readonly PictureEdge[],
): ReadonlyMap<string, number> {
  const above = new Map<string, string[]>()
  for (const { from, to } of edges) {
    const known = above.get(to)
    if (known) known.push(from)
    else above.set(to, [from])
  }
  const ranks = new Map<string, number>()
  for (const { id } of members) {
    const from = (above.get(id) ?? []).map(other => (ranks.get(other) ?? 0) + 1)
    ranks.set(id, most(0, from))
  }
  return ranks
}

/** Nodes that no edge of their box touches, in columns about as wide as high. */
function columnOf(nodes: readonly PictureNode[], corner: Point): readonly (Area & { node: PictureNode })[] {
  const rows = Math.max(6, Math.ceil(Math.sqrt(nodes.length * 4)))
  let x = corner.x
  const placed: (Area & { node: PictureNode })[] = []
  for (let start = 0; start < nodes.length; start += rows) {
    const column = nodes.slice(start, start + rows).map((node, row) => ({
      node,
      ...nodeSize(node),
      x,
      y: corner.y + row * (nodeHeight + 14),
    }))
    placed.push(...column)
    x += Math.max(...column.map(({ width }) => width)) + 20
  }
  return placed
}

function placeBoxes(picture: Picture, inner: ReadonlyMap<string, BoxLayout>): ReadonlyMap<string, Point> {
  const graph = newGraph({ rankdir: 'LR', nodesep: 40, ranksep: 90 })
  const boxOf = new Map(picture.nodes.map(({ id, box }) => [id, box]))
  for (const [name, { width, height }] of inner) graph.setNode(name, unplaced({ width, height }))
  for (const { from, to } of picture.edges) {
    const [above = '', below = ''] = [boxOf.get(from), boxOf.get(to)]
    if (above !== below && !graph.hasEdge(below, above)) graph.setEdge(above, below)
  }
  layout(graph)
  return new Map(
    [...inner].map(([name, { width, height }]) => {
      const { x, y } = graph.node(name)
      return [name, { x: round(x - width / 2 + margin), y: round(y - height / 2 + margin) }]
    }),
  )
}

/** A curve from the right side of one to the left side of the other. */
function between(from: Area, to: Area): readonly Point[] {
  const start = { x: from.x + from.width, y: from.y + from.height / 2 }
  const end = { x: to.x, y: to.y + to.height / 2 }
  const bend = Math.max(40, Math.abs(end.x - start.x) / 2)
  return [start, { x: round(start.x + bend), y: start.y }, { x: round(end.x - bend), y: end.y }, end]
}

const round = (value: number): number => Math.round(value)
