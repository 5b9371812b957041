// The page of the whole graph: the picture, what filters it, and room for what is selected in it.

import { escapeHtml } from '../picture/html.js'
import { type Picture, pictureOf } from '../picture/picture.js'
import { renderSvg } from '../picture/svg.js'
import type { SiteInput, SiteModel } from './model.js'
import { pagePath, renderPage } from './page.js'

const kinds = [
  ['step', 'Steps of the life cycle'],
  ['outside', 'Sources and seeds'],
] as const

type Drawn = NonNullable<SiteInput['drawn']>

export function graphPage(site: SiteModel, drawn: Drawn = (_, draw) => draw()): string {
  const { graph } = site.first
  const picture = pictureOf(
    site.first,
    graph.order.filter(id => graph.graph.node(id).kind !== 'test'),
  )
  const body = `<h1 class="away">The graph of ${escapeHtml(site.project)}</h1>
<div class="graph">
<div class="canvas">
${drawn(picture, () => svg(picture, site.project))}
<div class="zoom" role="group" aria-label="Zoom"><button type="button" data-zoom="in" aria-label="Zoom in">+</button><button type="button" data-zoom="out" aria-label="Zoom out">−</button><button type="button" data-zoom="fit" aria-label="Show all">⤢</button></div>
<p id="how" class="how">Arrows move, Enter opens, + − 0 zoom, Esc lets go</p>
</div>
<div class="side">
<details class="filters"><summary>Show</summary>
<fieldset><legend>Modules</legend>${picture.boxes.map(box => check('box', box, box)).join('')}</fieldset>
<fieldset><legend>Also</legend>${kinds.map(([kind, title]) => check('kind', kind, title)).join('')}</fieldset>
</details>
<ul class="legend" aria-label="Colours">${legend.map(([kind, title]) => `<li class="${kind}">${title}</li>`).join('')}</ul>
<div class="selected" role="region" aria-label="What is selected" aria-live="polite"><p class="none">Choose a node to see what it reads, who reads it, and where its columns come from.</p></div>
</div>
</div>`
  return renderPage(site, {
    title: 'Graph',
    root: '',
    body,
    at: 'graph',
    className: 'wide',
    scripts: ['data/lineage.js', 'assets/graph.js'],
  })
}

const legend = [
  ['model', 'model'],
  ['custom', 'custom model'],
  ['source', 'source, seed'],
  ['step', 'setup, commit'],
  ['complete', 'complete'],
] as const

const svg = (picture: Picture, project: string): string => {
  const kindOf = new Map(picture.nodes.map(node => [node.id, node]))
  return renderSvg(picture, {
    title: `The graph of ${project}`,
    attributes: 'role="group" aria-describedby="how"',
    href: id => {
      const node = kindOf.get(id)
      return node && pagePath(node)
    },
  })
}

const check = (name: string, value: string, title: string): string =>
  `<label><input type="checkbox" name="${name}" value="${escapeHtml(value)}" checked> ${escapeHtml(title)}</label>`
