// Layout -> SVG. What a node is called, and what a browser may do with it, stands in its attributes; how it looks is a
// matter of the style sheet, which a picture by itself brings along.

import { escapeHtml } from './html.js'
import { type Layout, layoutOf, type Point } from './layout.js'
import type { Picture } from './picture.js'

interface SvgOptions {
  /** Words for those who cannot see it. */
  readonly title: string
  /** Where a node leads; undefined: nowhere. */
  href?(id: string): string | undefined
  /** Attributes of the root element besides. */
  readonly attributes?: string
  /** Whether it brings its style sheet. */
  readonly standalone?: boolean
}

export function renderSvg(picture: Picture, options: SvgOptions): string {
  const layout = layoutOf(picture)
  const { width, height } = layout
  const id = 'arrow'
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" class="picture" viewBox="0 0 ${width} ${height}" width="${width}" height="${height}" ${options.attributes ?? 'role="img"'} aria-label="${escapeHtml(options.title)}">`,
    ...(options.standalone ? [`<title>${escapeHtml(options.title)}</title>`, `<style>${style}</style>`] : []),
    `<defs><marker id="${id}" viewBox="0 0 8 8" refX="7" refY="4" markerWidth="7" markerHeight="7" orient="auto"><path d="M0 0.5 8 4 0 7.5z"/></marker></defs>`,
    '<g class="all">',
    ...boxesOf(layout),
    ...edgesOf(layout, id),
    ...nodesOf(layout, options),
    '</g></svg>',
    '',
  ].join('\n')
}

const boxesOf = ({ boxes }: Layout): readonly string[] =>
  boxes.map(
    ({ name, x, y, width, height }) =>
      `<g class="box" data-box="${escapeHtml(name)}"><rect x="${x}" y="${y}" width="${width}" height="${height}" rx="14"/><text x="${x + 18}" y="${y + 27}">${escapeHtml(name)}</text></g>`,
  )

const edgesOf = ({ edges }: Layout, marker: string): readonly string[] =>
  edges.map(
    ({ edge, points }) =>
      `<path class="edge ${edge.kind}" data-from="${escapeHtml(edge.from)}" data-to="${escapeHtml(edge.to)}" d="${pathOf(points)}" marker-end="url(#${marker})"/>`,
  )

/** Two points and their handles are one curve; more are the bends of a line that dagre has led around others. */
function pathOf(points: readonly Point[]): string {
  const [first, ...rest] = points
  if (!first) return ''
  const start = `M${first.x} ${first.y}`
  if (rest.length === 3) {
    const [a, b, end] = rest
    return `${start}C${[a, b, end].map(point => `${point?.x} ${point?.y}`).join(' ')}`
  }
  const last = rest.at(-1) ?? first
  const middle = rest
    .slice(0, -1)
    .map((point, index) => {
      const next = rest[index + 1] ?? last
      const to = index === rest.length - 2 ? next : halfway(point, next)
      return `Q${point.x} ${point.y} ${to.x} ${to.y}`
    })
    .join('')
  return middle === '' ? `${start}L${last.x} ${last.y}` : start + middle
}

const halfway = (a: Point, b: Point): Point => ({ x: (a.x + b.x) / 2, y: (a.y + b.y) / 2 })

function nodesOf({ nodes }: Layout, { href }: SvgOptions): readonly string[] {
  return nodes.map(({ node, x, y, width, height }) => {
    const link = href?.(node.id)
    const name = escapeHtml(node.id)
    const radius = node.kind === 'step' || node.kind === 'complete' ? 20 : 8
    const shape = `<rect x="${x}" y="${y}" width="${width}" height="${height}" rx="${radius}"/><text x="${x + width / 2}" y="${y + 17}">${name}</text><text class="label" x="${x + width / 2}" y="${y + 32}">${escapeHtml(node.label)}</text>`
    const attributes = `class="node ${node.kind}" data-id="${name}" data-box="${escapeHtml(node.box)}"`
    return link === undefined
      ? `<g ${attributes}>${shape}</g>`
      : `<a ${attributes} href="${escapeHtml(link)}" aria-label="${name}, ${escapeHtml(node.label)}">${shape}</a>`
  })
}

const colours = {
  light: {
    paper: '#ffffff',
    box: '#f4f3ef',
    line: '#d6d3ca',
    edge: '#8b877c',
    ink: '#23211c',
    soft: '#6a665c',
    model: '#e3ecfb',
    'model-line': '#4f7bc4',
    custom: '#fbe9cf',
    'custom-line': '#b8741a',
    source: '#e4f1e4',
    'source-line': '#4c8a50',
    step: '#ecebe6',
    'step-line': '#8b877c',
    complete: '#f3e2ee',
    'complete-line': '#9c4f86',
  },
  dark: {
    paper: '#15171c',
    box: '#1c1f26',
    line: '#363b46',
    edge: '#7d8595',
    ink: '#e7e6e1',
    soft: '#a3a8b3',
    model: '#1d3050',
    'model-line': '#6f9be0',
    custom: '#42300f',
    'custom-line': '#d99a3f',
    source: '#1c3a20',
    'source-line': '#6db672',
    step: '#2a2e37',
    'step-line': '#7d8595',
    complete: '#402138',
    'complete-line': '#cf80b8',
  },
} as const

const properties = (theme: 'light' | 'dark'): string =>
  Object.entries(colours[theme])
    .map(([name, value]) => `--${name}:${value}`)
    .join(';')

/** The colours of pictures in light and dark, as custom properties. */
export const pictureColours = { light: properties('light'), dark: properties('dark') }

/** How nodes, edges and boxes look. */
export const pictureStyle = `
.picture text { font: 600 12.5px/1 ui-sans-serif, system-ui, "Segoe UI", sans-serif; fill: var(--ink); text-anchor: middle; }
.picture .label { font-weight: 400; font-size: 11px; fill: var(--soft); }
.picture .box rect { fill: var(--box); stroke: var(--line); }
.picture .box text { font-size: 14px; text-anchor: start; fill: var(--soft); }
.picture .edge { fill: none; stroke: var(--edge); stroke-width: 1.3; }
.picture .edge.order { stroke-dasharray: 3 4; opacity: .75; }
.picture marker path { fill: var(--edge); }
.picture .node rect { stroke-width: 1.3; fill: var(--model); stroke: var(--model-line); }
.picture .node.custom rect { fill: var(--custom); stroke: var(--custom-line); stroke-width: 2; }
.picture .node:is(.source, .seed, .external) rect { fill: var(--source); stroke: var(--source-line); }
.picture .node:is(.step, .test) rect { fill: var(--step); stroke: var(--step-line); stroke-dasharray: 4 3; }
.picture .node.complete rect { fill: var(--complete); stroke: var(--complete-line); stroke-width: 2; }
`

const style = `
.picture { ${pictureColours.light}; background: var(--paper); }
@media (prefers-color-scheme: dark) { .picture { ${pictureColours.dark}; } }
${pictureStyle}`
