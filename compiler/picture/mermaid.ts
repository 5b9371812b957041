// Picture -> a flowchart in Mermaid, which GitHub and GitLab draw inside of Markdown.

import type { Picture, PictureKind } from './picture.js'

const shapes: Readonly<Record<PictureKind, readonly [string, string]>> = {
  model: ['[', ']'],
  custom: ['[[', ']]'],
  source: ['[(', ')]'],
  external: ['[(', ')]'],
  seed: ['[/', '/]'],
  test: ['{{', '}}'],
  step: ['(', ')'],
  complete: ['([', '])'],
}

const looks: readonly string[] = [
  'classDef model fill:#e3ecfb,stroke:#4f7bc4,color:#23211c',
  'classDef custom fill:#fbe9cf,stroke:#b8741a,stroke-width:2px,color:#23211c',
  'classDef source fill:#e4f1e4,stroke:#4c8a50,color:#23211c',
  'classDef external fill:#e4f1e4,stroke:#4c8a50,stroke-dasharray:4 3,color:#23211c',
  'classDef seed fill:#e4f1e4,stroke:#4c8a50,color:#23211c',
  'classDef test fill:#ecebe6,stroke:#8b877c,stroke-dasharray:4 3,color:#23211c',
  'classDef step fill:#ecebe6,stroke:#8b877c,stroke-dasharray:4 3,color:#23211c',
  'classDef complete fill:#f3e2ee,stroke:#9c4f86,stroke-width:2px,color:#23211c',
]

/** Names may be words of the language, such as `end`, so nodes are numbered and their names are texts. */
export function renderMermaid({ nodes, edges, boxes }: Picture): string {
  const numbers = new Map(nodes.map(({ id }, index) => [id, `n${index}`]))
  const text = (words: string): string => `"${words.replaceAll('"', '#quot;')}"`
  const groups = boxes.flatMap((box, index) => [
    `  subgraph b${index} [${text(box)}]`,
    ...nodes
      .filter(node => node.box === box)
      .map(({ id, kind, label }) => {
        const [open, close] = shapes[kind]
        return `    ${numbers.get(id)}${open}${text(`${id}<br/>${label}`)}${close}:::${kind}`
      }),
    '  end',
  ])
  return [
    'flowchart LR',
    ...groups,
    ...edges.map(
      ({ from, to, kind }) =>
        `  ${numbers.get(from)} ${kind === 'order' ? '-.->' : '-->'} ${numbers.get(to)}`,
    ),
    ...looks.map(look => `  ${look}`),
    '',
  ].join('\n')
}
