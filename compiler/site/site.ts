// What is known of a project -> every file of its site. Scripts hold data as calls of nothing: a page from the file system
// may load a script, and nothing else.

import { pictureColours, pictureStyle } from '../picture/svg.js'
import { readPackageFile } from '../source_file.js'
import type { TextFile } from '../text_folder.js'
import { graphPage } from './graph_page.js'
import { indexPage } from './index_page.js'
import { type SiteInput, type SiteModel, siteModel } from './model.js'
import { nodePage } from './node_page.js'
import { pagePath } from './page.js'

export function siteFiles(input: SiteInput): readonly TextFile[] {
  const site = siteModel(input)
  const entries = new Map(site.entries.map(entry => [entry.id, entry]))
  return [
    { path: 'index.html', text: indexPage(site) },
    { path: 'graph.html', text: graphPage(site, input.drawn) },
    ...site.entries.map(entry => ({ path: pagePath(entry), text: nodePage(site, entries, entry) })),
    { path: 'assets/site.css', text: styleSheet() },
    ...['theme.js', 'site.js', 'graph.js'].map(name => ({
      path: `assets/${name}`,
      text: readPackageFile(`site/${name}`).text,
    })),
    { path: 'data/nodes.js', text: script('nodes', nodeData(site)) },
    { path: 'data/search.js', text: script('search', searchData(site)) },
    { path: 'data/lineage.js', text: script('lineage', lineageData(site)) },
  ]
}

const styleSheet = (): string => `:root { ${pictureColours.light} }
@media (prefers-color-scheme: dark) { :root:not([data-theme="light"]) { ${pictureColours.dark} } }
:root[data-theme="dark"] { ${pictureColours.dark} }
${readPackageFile('site/site.css').text}${pictureStyle}`

/** One line per entry, so that two builds can be compared. */
function script(name: string, rows: readonly (readonly unknown[])[]): string {
  const lines = rows.map(row => JSON.stringify(row).replaceAll('<', '\\u003c'))
  return `globalThis.seshat = globalThis.seshat ?? {}\nseshat.${name} = [\n${lines.join(',\n')}\n]\n`
}

/** Id, kind, label, box, page. */
const nodeData = ({ entries }: SiteModel) =>
  entries.map(entry => [entry.id, entry.kind, entry.label, entry.box, pagePath(entry)])

/** In the order of the nodes: description, names of columns. */
const searchData = ({ entries }: SiteModel) =>
  entries.map(({ description, columns }) => [description ?? '', ...columns.map(({ name }) => name)])

/** Of each model its columns, each with what it comes from: pairs of table and column, or 0 where that is unknown. */
const lineageData = ({ entries }: SiteModel) =>
  entries
    .filter(({ columns }) => columns.length > 0)
    .map(({ id, columns }) => [
      id,
      columns.map(({ name, from }) => [
        name,
        from === 'unknown' ? 0 : (from ?? []).map(({ table, column }) => [table, column]),
      ]),
    ])
