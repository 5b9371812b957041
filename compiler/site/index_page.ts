// The first page: what the project is, how the last run went, and every node by module in the order in which they run.

import { escapeHtml } from '../picture/html.js'
import { customBox, keptBox, seedsBox, sourcesBox } from '../picture/picture.js'
import type { SiteEntry, SiteModel } from './model.js'
import { pagePath, renderPage } from './page.js'
import { inline } from './prose.js'
import { runLine } from './result.js'

const boxWords: Readonly<Record<string, string>> = {
  [sourcesBox]: 'What the project reads and does not make.',
  [seedsBox]: 'Loaded from CSV files of the project.',
  [keptBox]: 'What Seshat keeps of its own beside the tables.',
  [customBox]: 'Models of the project that read no module.',
}

/** Kinds of tables that stay when the run has ended. */
const lasting = new Set([
  'incremental',
  'staged',
  'manifest',
  'table',
  'seed',
  'source',
  'filled by others',
  'kept by Seshat',
])

const isLasting = ({ kind, label }: SiteEntry): boolean =>
  kind === 'custom' || (kind !== 'test' && lasting.has(label))

export function indexPage(site: SiteModel): string {
  const boxes = [...new Set(site.entries.map(({ box }) => box))]
  const models = site.entries.filter(({ kind }) => kind === 'model' || kind === 'custom').length
  const tests = site.entries.filter(({ kind }) => kind === 'test').length
  const body = `<h1>${escapeHtml(site.project)}</h1>
<p class="lead">${models} models, ${tests} data tests, on the model ${escapeHtml(site.version)}.</p>
${runLine(site.lastRun)}
<p class="boxes" role="list" aria-label="Parts">${boxes.map(box => `<a role="listitem" href="#module-${escapeHtml(box)}">${escapeHtml(box)}</a>`).join(' ')}</p>
${boxes.map(box => boxSection(site, box)).join('\n')}`
  return renderPage(site, { title: site.project, root: '', body, at: 'index' })
}

function boxSection(site: SiteModel, box: string): string {
  const entries = site.entries.filter(entry => entry.box === box)
  const kept = entries.filter(isLasting)
  const others = entries.filter(entry => !isLasting(entry))
  const words = site.modules.get(box) ?? boxWords[box]
  const name = escapeHtml(box)
  return `<section class="module" aria-labelledby="module-${name}">
<h2 id="module-${name}">${name}</h2>
${words === undefined ? '' : `<p>${inline(words)}</p>`}
${list(kept)}
${others.length === 0 ? '' : `<details${kept.length === 0 ? ' open' : ''}><summary>Steps, tables of one run and tests <small>${others.length}</small></summary>${list(others)}</details>`}
</section>`
}

const list = (entries: readonly SiteEntry[]): string =>
  entries.length === 0
    ? ''
    : `<ul class="nodes">${entries
        .map(
          entry =>
            `<li><a class="${entry.kind}" href="${pagePath(entry)}">${escapeHtml(entry.id)}</a> <small>${escapeHtml(entry.label)}</small>${entry.description === undefined ? '' : `<p>${inline(entry.description)}</p>`}</li>`,
        )
        .join('\n')}</ul>`
