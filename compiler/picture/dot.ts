// Picture -> a graph in DOT, for Graphviz.

import type { Picture, PictureKind } from './picture.js'

const looks: Readonly<Record<PictureKind, string>> = {
  model: 'shape=box, style="rounded,filled", fillcolor="#e3ecfb", color="#4f7bc4"',
  custom: 'shape=box, style="rounded,filled,bold", fillcolor="#fbe9cf", color="#b8741a"',
  source: 'shape=cylinder, style=filled, fillcolor="#e4f1e4", color="#4c8a50"',
  external: 'shape=cylinder, style="filled,dashed", fillcolor="#e4f1e4", color="#4c8a50"',
  seed: 'shape=note, style=filled, fillcolor="#e4f1e4", color="#4c8a50"',
  test: 'shape=box, style="filled,dashed", fillcolor="#ecebe6", color="#8b877c"',
  step: 'shape=oval, style="filled,dashed", fillcolor="#ecebe6", color="#8b877c"',
  complete: 'shape=oval, style="filled,bold", fillcolor="#f3e2ee", color="#9c4f86"',
}

const quoted = (text: string): string =>
  `"${text.replaceAll('\\', '\\\\').replaceAll('"', '\\"').replaceAll('\n', '\\n')}"`

export function renderDot({ nodes, edges, boxes }: Picture, title: string): string {
  const clusters = boxes.flatMap((box, index) => [
    `  subgraph cluster_${index} {`,
    `    label=${quoted(box)};`,
    ...nodes
      .filter(node => node.box === box)
      .map(
        ({ id, kind, label }) => `    ${quoted(id)} [label=${quoted(`${id}\n${label}`)}, ${looks[kind]}];`,
      ),
    '  }',
  ])
  return [
    `digraph ${quoted(title)} {`,
    '  rankdir=LR;',
    '  graph [fontname="sans-serif", labeljust=l, style=rounded, color="#c9c5ba"];',
    '  node [fontname="sans-serif", fontsize=11];',
    '  edge [color="#8b877c", arrowsize=0.7];',
    ...clusters,
    ...edges.map(
      ({ from, to, kind }) =>
        `  ${quoted(from)} -> ${quoted(to)}${kind === 'order' ? ' [style=dashed]' : ''};`,
    ),
    '}',
    '',
  ].join('\n')
}
