// The page of one node: what it is, its neighbours, columns with their origin, tests, last run, and its SQL.

import type { SourceColumn } from '../lineage.js'
import { escapeHtml } from '../picture/html.js'
import type { SiteColumn } from './columns.js'
import { highlightSql, highlightTemplate } from './highlight.js'
import type { SiteEntry, SiteModel } from './model.js'
import { pagePath, renderPage } from './page.js'
import { inline, paragraphs } from './prose.js'
import { statusWord, stepResult } from './result.js'

export type Entries = ReadonlyMap<string, SiteEntry>

const root = '../'

export function nodePage(site: SiteModel, entries: Entries, entry: SiteEntry): string {
  const sections = [
    section('Lineage', neighbours(entries, entry)),
    section(`Columns`, columnTable(entries, entry)),
    section('Tests', tests(entries, entry)),
    section('Unit tests', unitTests(entry)),
    section('Last run', lastRun(site, entry)),
    section('SQL', code(entry)),
  ].filter(({ html }) => html !== '')
  const body = `<p class="crumbs"><a href="${root}index.html#module-${escapeHtml(entry.box)}">${escapeHtml(entry.box)}</a></p>
<h1 class="${entry.kind}"><span>${breakable(entry.id)}</span> <small>${escapeHtml(kindWords(entry))}</small></h1>
${entry.description === undefined ? missing(entry) : paragraphs(entry.description)}
${facts(entry)}
<p class="on-page" role="navigation" aria-label="On this page">${sections.map(({ id, title }) => `<a href="#${id}">${title}</a>`).join(' ')}</p>
${sections.map(({ html }) => html).join('\n')}`
  return renderPage(site, { title: entry.id, root, body })
}

/** What only a run's own steps see needs no words. */
const missing = ({ kind, label }: SiteEntry): string =>
  kind === 'model' && (label === 'scratch' || label === 'ephemeral')
    ? ''
    : '<p class="missing">No description.</p>'

function section(title: string, content: string): { title: string; id: string; html: string } {
  const id = title.toLowerCase().replaceAll(' ', '-')
  const html =
    content && `<section aria-labelledby="${id}"><h2 id="${id}">${title}</h2>\n${content}\n</section>`
  return { title, id, html }
}

/** Long names may break behind an underscore. */
const breakable = (text: string): string => escapeHtml(text).replaceAll(/([_.])/g, '$1<wbr>')

function kindWords({ kind, label }: SiteEntry): string {
  if (kind === 'custom') return `custom model, ${label}`
  if (kind === 'step' || kind === 'complete') return 'step of the life cycle'
  if (kind === 'test') return 'data test'
  return label
}

const facts = ({ facts: list }: SiteEntry): string =>
  list.length === 0
    ? ''
    : `<dl class="facts">${list.map(([name, value]) => `<div><dt>${escapeHtml(name)}</dt><dd>${breakable(value)}</dd></div>`).join('')}</dl>`

function link(entries: Entries, id: string): string {
  const entry = entries.get(id)
  if (!entry) return `<span>${escapeHtml(id)}</span>`
  return `<a class="node ${entry.kind}" href="${root}${pagePath(entry)}">${breakable(id)}</a>`
}

function neighbours(entries: Entries, entry: SiteEntry): string {
  const column = (title: string, ids: readonly string[]): string =>
    `<div><h3>${title}</h3>${ids.length === 0 ? '<p class="none">nothing</p>' : `<ul>${ids.map(id => `<li>${link(entries, id)}</li>`).join('')}</ul>`}</div>`
  const isStep = entry.kind === 'step' || entry.kind === 'complete'
  const tables = isStep
    ? ''
    : `<div class="neighbours">${column('Reads', entry.reads)}${entry.kind === 'test' ? '' : column('Read by', entry.readBy)}</div>`
  const hasOrder = entry.after.length + entry.before.length > 0
  const order = hasOrder
    ? `<div class="neighbours order">${column('Runs behind', entry.after)}${column('Runs before', entry.before)}</div>`
    : ''
  const shown =
    entry.kind === 'test'
      ? ''
      : `<p><a href="${root}graph.html#node=${escapeHtml(entry.id)}">Show it in the graph</a></p>`
  return tables + order + shown
}

function columnTable(entries: Entries, { columns }: SiteEntry): string {
  if (columns.length === 0) return ''
  const isTraced = columns.some(({ from }) => from !== undefined)
  const isUsed = columns.some(({ usedBy }) => usedBy.length > 0)
  const heads = [
    'Column',
    'Type',
    'Description',
    ...(isTraced ? ['From'] : []),
    ...(isUsed ? ['Used by'] : []),
  ]
  const rows = columns.map(column => {
    const { name, type, isKey } = column
    const cells = [
      ['Type', type === undefined ? '<span class="none">unknown</span>' : `<code>${escapeHtml(type)}</code>`],
      ['Description', columnWords(entries, column)],
      ...(isTraced ? [['From', origin(entries, column)]] : []),
      ...(isUsed ? [['Used by', several(entries, column.usedBy)]] : []),
    ]
    return `<tr id="column-${escapeHtml(name)}"><th scope="row"><code>${breakable(name)}</code>${isKey ? ' <small>key</small>' : ''}</th>${cells.map(([title, cell]) => `<td data-title="${title}">${cell}</td>`).join('')}</tr>`
  })
  return `<table class="columns"><thead><tr>${heads.map(head => `<th scope="col">${head}</th>`).join('')}</tr></thead>
<tbody>${rows.join('\n')}</tbody></table>`
}

function columnWords(entries: Entries, { description, describedBy }: SiteColumn): string {
  if (description === undefined) return '<span class="none">none</span>'
  return describedBy
    ? `${inline(description)} <small>(as ${columnLink(entries, describedBy)})</small>`
    : inline(description)
}

function origin(entries: Entries, { from }: SiteColumn): string {
  if (from === undefined) return ''
  if (from === 'unknown') return '<span class="none">unknown</span>'
  if (from.length === 0) return '<span class="none">no column</span>'
  return several(entries, from)
}

function columnLink(entries: Entries, { table, column }: SourceColumn): string {
  const entry = entries.get(table)
  const name = `${breakable(table)}.<wbr>${breakable(column)}`
  return entry
    ? `<a href="${root}${pagePath(entry)}#column-${escapeHtml(column)}">${name}</a>`
    : `<span>${name}</span>`
}

function several(entries: Entries, columns: readonly SourceColumn[]): string {
  const links = columns.map(column => columnLink(entries, column))
  if (links.length <= 2) return links.join('<br>')
  return `<details><summary>${links.length} columns</summary>${links.join('<br>')}</details>`
}

function tests(entries: Entries, { tests: ids, kind }: SiteEntry): string {
  if (kind === 'test' || kind === 'step' || kind === 'complete') return ''
  if (ids.length === 0) return '<p class="none">No data test reads it.</p>'
  const items = ids.map(id => {
    const { description, result } = entries.get(id) ?? {}
    return `<li>${link(entries, id)} ${statusWord(result)}${description === undefined ? '' : `<p>${inline(description)}</p>`}</li>`
  })
  return `<ul class="tests">${items.join('\n')}</ul>`
}

/** What its select makes of given rows, rule by rule. */
function unitTests({ unitTests: list }: SiteEntry): string {
  const items = list.map(
    ({ id, description, result }) =>
      `<li><code>${breakable(id)}</code> ${result ? statusWord(result) : ''}${description === undefined ? '' : `<p>${inline(description)}</p>`}</li>`,
  )
  return items.length === 0 ? '' : `<ul class="tests">${items.join('\n')}</ul>`
}

const lastRun = (site: SiteModel, { kind, result, written, label }: SiteEntry): string =>
  kind === 'source' || kind === 'external' || label === 'ephemeral'
    ? ''
    : stepResult(site.lastRun, result, written)

function code({ template, sql, label }: SiteEntry): string {
  const panels = [
    ...(template
      ? [{ id: 'template', title: 'As written', note: template.file, html: highlightTemplate(template.text) }]
      : []),
    ...sql.map(({ adapter, text, escapes }) => ({
      id: adapter,
      title: adapter,
      note: label === 'ephemeral' ? 'the select that its readers take in' : 'everything that its step runs',
      html: highlightSql(text, escapes),
    })),
  ]
  if (panels.length === 0) return ''
  const parts = panels.map(
    ({
      id,
      title,
      note,
      html,
    }) => `<div class="panel" id="sql-${escapeHtml(id)}" data-title="${escapeHtml(title)}">
<h3>${escapeHtml(title)}</h3><p class="note">${escapeHtml(note)}</p>
<pre tabindex="0" role="region" aria-label="SQL, ${escapeHtml(title)}"><code>${html}</code></pre>
</div>`,
  )
  return `<div class="tabs">${parts.join('\n')}</div>`
}
