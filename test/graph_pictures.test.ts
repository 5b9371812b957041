// seshat graph: which nodes and edges a picture has, and that each format says the same.

import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, test } from 'node:test'
import { postgresDialect } from '../adapters/postgres/dialect.js'
import { compileGraph } from '../compiler/compile.js'
import { renderDot } from '../compiler/picture/dot.js'
import { layoutOf } from '../compiler/picture/layout.js'
import { renderMermaid } from '../compiler/picture/mermaid.js'
import { type Picture, pictureOf } from '../compiler/picture/picture.js'
import { renderSvg } from '../compiler/picture/svg.js'
import { loadProject } from '../compiler/project.js'
import { packageDirectory } from './command_line.js'
import { shopFiles } from './site_fixture.js'
import { temporaryProject } from './support.js'

const project = temporaryProject(shopFiles)

function picture(directory: string, ...select: readonly string[]): Picture {
  const options = { dialect: postgresDialect, target: 'x', select, exclude: [], fullRefresh: false }
  const compiled = compileGraph(loadProject(directory), options)
  return pictureOf(compiled, compiled.selected)
}

const small: Picture = {
  nodes: [
    { id: 'shop.orders', kind: 'source', label: 'source', box: 'sources' },
    { id: 'orders', kind: 'custom', label: 'table', box: 'custom' },
    { id: 'end', kind: 'complete', label: 'say "so"', box: 'custom' },
  ],
  edges: [
    { from: 'shop.orders', to: 'orders', kind: 'data' },
    { from: 'orders', to: 'end', kind: 'order' },
  ],
  boxes: ['sources', 'custom'],
}

describe('the layout of a large box', () => {
  const count = 1_000
  const id = (index: number): string => `m${index}`
  const chain: Picture = {
    boxes: ['custom'],
    nodes: Array.from({ length: count }, (_, index) => ({
      id: id(index),
      kind: 'custom',
      label: 'table',
      box: 'custom',
    })),
    edges: Array.from({ length: count }, (_, index) =>
      [...new Set([index - 1, Math.floor(index / 2), Math.floor(index / 3)])]
        .filter(from => from >= 0 && from !== index)
        .map(from => ({ from: id(from), to: id(index), kind: 'data' as const })),
    ).flat(),
  }

  test('a chain with long lines: all of them are there, and no node lies on another', () => {
    const { nodes, edges, width, height } = layoutOf(chain)
    assert.equal(nodes.length, count)
    assert.equal(edges.length, chain.edges.length)
    const byPlace = [...nodes].sort((a, b) => a.y - b.y)
    for (const [index, { y, height: own }] of byPlace.slice(0, -1).entries())
      assert.ok((byPlace[index + 1]?.y ?? 0) >= y + own)
    for (const { points } of edges)
      for (const { x, y } of points) assert.ok(x >= 0 && x <= width && y >= 0 && y <= height)
  })

  test('a long line: leaves its node and arrives at the other', () => {
    const { nodes, edges } = layoutOf(chain)
    const place = new Map(nodes.map(area => [area.node.id, area]))
    const long = edges.find(({ edge }) => edge.from === id(450) && edge.to === id(900))
    const [from, to] = [place.get(id(450)), place.get(id(900))]
    assert.ok(long && from && to)
    assert.deepEqual(long.points[0], { x: from.x + from.width, y: from.y + from.height / 2 })
    assert.deepEqual(long.points.at(-1), { x: to.x + to.width, y: to.y + to.height / 2 })
  })
})

describe('a picture', () => {
  test('of a selection: what it reads besides, and the edges between them', () => {
    const { nodes, edges, boxes } = picture(project.directory, 'orders', 'session_orders')
    assert.deepEqual(
      nodes.map(({ id, kind, box }) => `${id} ${kind} ${box}`),
      ['shop.orders source sources', 'orders custom custom', 'session_orders custom sessions'],
    )
    assert.deepEqual(
      edges.map(({ from, to, kind }) => `${from} ${kind} ${to}`),
      ['shop.orders data orders', 'orders data session_orders'],
    )
    assert.deepEqual(boxes, ['sources', 'custom', 'sessions'])
  })

  test('of a module: its life cycle, without edges that others imply', () => {
    const { edges } = picture(project.directory, 'module:users')
    const order = edges.filter(({ kind }) => kind === 'order').map(({ from, to }) => `${from} > ${to}`)
    assert.deepEqual(order, [
      'users > users.commit',
      'users.commit > users.complete',
      'users.setup > users_batch',
      'users_manifest > users.commit',
    ])
  })

  test('of the demo: the seeds fill the sources that base reads', () => {
    const { nodes, edges } = picture(join(packageDirectory, 'demo'))
    assert.ok(edges.some(({ from, to }) => from === 'events' && to === 'atomic.events'))
    assert.ok(!edges.some(({ from, to }) => from === 'events' && to === 'base_events_read'))
    assert.ok(nodes.every(({ kind }) => kind !== 'test'))
  })
})

describe('the layout', () => {
  test('of the demo: no node lies on another, each in its box, no box on another', () => {
    const { nodes, boxes, width, height } = layoutOf(picture(join(packageDirectory, 'demo')))
    type Area = { x: number; y: number; width: number; height: number }
    const apart = (a: Area, b: Area): boolean =>
      a.x + a.width <= b.x || b.x + b.width <= a.x || a.y + a.height <= b.y || b.y + b.height <= a.y
    const pairs = <T>(list: readonly T[]) =>
      list.flatMap((a, i) => list.slice(i + 1).map(b => [a, b] as const))
    assert.deepEqual(
      pairs(nodes).filter(([a, b]) => !apart(a, b)),
      [],
    )
    assert.deepEqual(
      pairs(boxes).filter(([a, b]) => !apart(a, b)),
      [],
    )
    for (const { node, ...area } of nodes) {
      const box = boxes.find(({ name }) => name === node.box)
      assert.ok(box && area.x > box.x && area.y > box.y, node.id)
      assert.ok(area.x + area.width < box.x + box.width && area.y + area.height < box.y + box.height, node.id)
    }
    assert.ok(boxes.every(box => box.x >= 0 && box.x + box.width <= width && box.y + box.height <= height))
  })
})

describe('the formats', () => {
  test('DOT: clusters, shapes by kind, dashed lines for order, quotes escaped', () => {
    assert.equal(
      renderDot(small, 'the "shop"'),
      String.raw`digraph "the \"shop\"" {
  rankdir=LR;
  graph [fontname="sans-serif", labeljust=l, style=rounded, color="#c9c5ba"];
  node [fontname="sans-serif", fontsize=11];
  edge [color="#8b877c", arrowsize=0.7];
  subgraph cluster_0 {
    label="sources";
    "shop.orders" [label="shop.orders\nsource", shape=cylinder, style=filled, fillcolor="#e4f1e4", color="#4c8a50"];
  }
  subgraph cluster_1 {
    label="custom";
    "orders" [label="orders\ntable", shape=box, style="rounded,filled,bold", fillcolor="#fbe9cf", color="#b8741a"];
    "end" [label="end\nsay \"so\"", shape=oval, style="filled,bold", fillcolor="#f3e2ee", color="#9c4f86"];
  }
  "shop.orders" -> "orders";
  "orders" -> "end" [style=dashed];
}
`,
    )
  })

  test('Mermaid: subgraphs, names as texts, so that a model may be called end', () => {
    const [first, ...lines] = renderMermaid(small).split('\n')
    assert.equal(first, 'flowchart LR')
    assert.deepEqual(lines.slice(0, 9), [
      '  subgraph b0 ["sources"]',
      '    n0[("shop.orders<br/>source")]:::source',
      '  end',
      '  subgraph b1 ["custom"]',
      '    n1[["orders<br/>table"]]:::custom',
      '    n2(["end<br/>say #quot;so#quot;"]):::complete',
      '  end',
      '  n0 --> n1',
      '  n1 -.-> n2',
    ])
  })

  test('SVG: nodes by kind, boxes, edges, and its own colours for light and dark', () => {
    const svg = renderSvg(small, { title: 'a < b', standalone: true })
    assert.match(svg, /^<svg xmlns="http:\/\/www.w3.org\/2000\/svg" class="picture"/)
    assert.match(svg, /<title>a &lt; b<\/title>/)
    assert.match(svg, /@media \(prefers-color-scheme: dark\)/)
    assert.match(svg, /<g class="node complete" data-id="end" data-box="custom">/)
    assert.match(svg, /<path class="edge order" data-from="orders" data-to="end" d="M/)
    assert.equal([...svg.matchAll(/class="box"/g)].length, 2)
  })
})

describe('the command', () => {
  test('without options: DOT on the terminal', async () => {
    const result = await project.seshat('graph', '--select', 'orders', 'session_orders')
    assert.deepEqual([result.code, result.stderr], [0, ''])
    assert.match(result.stdout, /^digraph "shop" \{\n/)
    assert.match(result.stdout, /"orders" -> "session_orders";\n\}\n$/)
  })

  test('--output: the file, and its folder where it is missing', async () => {
    const result = await project.seshat('graph', '--format', 'svg', '--output', 'pictures/all.svg')
    assert.equal(result.code, 0)
    assert.match(result.stdout, /^Wrote \d+ nodes to pictures\/all\.svg\n$/)
    const svg = readFileSync(join(project.directory, 'pictures/all.svg'), 'utf8')
    assert.match(svg, /data-id="users\.complete"/)
    assert.match(svg, /<\/svg>\n$/)
  })

  test('--output where no file can be: a fault', async () => {
    const result = await project.seshat('graph', '--output', 'seshat.yml/a.dot')
    assert.equal(result.code, 2)
    assert.match(result.stderr, /^error\[unwritable-file\]: seshat\.yml\/a\.dot cannot be written/)
  })
})
