// What all pages have: the head, the bar above with search and theme, and where a page of the site lies.

import { escapeHtml } from '../picture/html.js'
import type { PictureNode } from '../picture/picture.js'
import type { SiteModel } from './model.js'

/** Ids are names of files: letters, digits, `_`, `$` and dots. Of two that differ in case alone, some disks know one. */
export const pagePath = ({ id, kind }: Pick<PictureNode, 'id' | 'kind'>): string =>
  `${kind === 'source' ? 'sources' : 'nodes'}/${id}.html`

export interface Page {
  readonly title: string
  /** From the page to the root of the site: empty, or `../`. */
  readonly root: string
  readonly body: string
  /** The page that the bar marks as the one at hand. */
  readonly at?: 'index' | 'graph'
  /** Scripts of `assets` and `data` that it needs besides. */
  readonly scripts?: readonly string[]
  readonly className?: string
}

export function renderPage(
  site: SiteModel,
  { title, root, body, at, scripts = [], className }: Page,
): string {
  const project = escapeHtml(site.project)
  const current = (name: string): string => (at === name ? ' aria-current="page"' : '')
  return `<!doctype html>
<html lang="en" data-root="${root}">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<title>${escapeHtml(title)}${title === site.project ? '' : ` · ${project}`}</title>
<link rel="icon" href="data:,">
<link rel="stylesheet" href="${root}assets/site.css">
<script src="${root}assets/theme.js"></script>
${['data/nodes.js', 'assets/site.js', ...scripts].map(script => `<script defer src="${root}${script}"></script>`).join('\n')}
</head>
<body${className ? ` class="${className}"` : ''}>
<a class="skip" href="#main">Skip to the content</a>
<header class="bar">
<button type="button" class="icon menu" aria-label="All tables and steps" aria-expanded="false" aria-controls="all"><svg viewBox="0 0 20 20" aria-hidden="true"><path d="M3 5h14M3 10h14M3 15h14"/></svg></button>
<a class="home" href="${root}index.html"${current('index')}><span>${project}</span></a>
<a class="to-graph" href="${root}graph.html"${current('graph')}>Graph</a>
<button type="button" class="find" aria-label="Search" aria-haspopup="dialog" aria-keyshortcuts="/"><svg viewBox="0 0 20 20" aria-hidden="true"><circle cx="9" cy="9" r="5.5"/><path d="m13.5 13.5 4 4"/></svg><span>Search</span><kbd>/</kbd></button>
<button type="button" class="icon theme" aria-label="Dark theme" aria-pressed="false"><svg viewBox="0 0 20 20" aria-hidden="true"><circle cx="10" cy="10" r="6.5"/><path class="half" d="M10 3.5a6.5 6.5 0 0 1 0 13z"/></svg></button>
</header>
<nav id="all" class="all-nodes" aria-label="All tables and steps"></nav>
<main id="main" tabindex="-1">
${body}
</main>
<dialog class="search" aria-label="Search">
<input type="search" role="combobox" aria-label="Search tables, columns and descriptions" aria-expanded="false" aria-controls="found" aria-autocomplete="list" autocomplete="off" spellcheck="false" placeholder="Tables, columns, descriptions">
<ul id="found" role="listbox" aria-label="Results"></ul>
<p class="hint" role="status"></p>
</dialog>
</body>
</html>
`
}
