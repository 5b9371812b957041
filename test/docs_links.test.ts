// The pages lead somewhere: each link between them to a file that is there, and to a heading of it; each code of an error that
// a page names to its entry; the index of the guide to every page of the guide.

import assert from 'node:assert/strict'
import { existsSync, readFileSync } from 'node:fs'
import { dirname, join, normalize } from 'node:path'
import { test } from 'node:test'
import { packageDirectory } from './command_line.js'
import { documentation } from './docs_pages.js'

const pages = [...documentation, 'CONTRIBUTING.md', 'CHANGELOG.md', 'demo/README.md']
const textOf = (path: string): string => readFileSync(join(packageDirectory, path), 'utf8')
const prose = (path: string): string => textOf(path).replaceAll(/^```[\s\S]*?^```$/gm, '')

/** The anchors of the headings, as GitHub makes them. */
const anchorsOf = (path: string): readonly string[] =>
  [...prose(path).matchAll(/^#+ (.*)$/gm)].map(([, heading = '']) =>
    heading
      .toLowerCase()
      .replaceAll(/[^\p{L}\p{N} _-]/gu, '')
      .replaceAll(' ', '-'),
  )

test('links between pages: lead to a file and a heading that are there', () => {
  const broken = pages.flatMap(page =>
    [...prose(page).matchAll(/\]\(([^)\s]+)\)/g)].flatMap(([, link = '']) => {
      if (/^https?:/.test(link)) return []
      const [file = '', anchor] = link.replaceAll('\n', '').split('#')
      const path = file === '' ? page : normalize(join(dirname(page), file))
      const there =
        existsSync(join(packageDirectory, path)) && (anchor === undefined || anchorsOf(path).includes(anchor))
      return there ? [] : [`${page}: ${link}`]
    }),
  )
  assert.deepEqual(broken, [])
})

test('troubleshooting: every code of an error that it names has an entry', () => {
  const known = new Set(anchorsOf('docs/reference/errors.md'))
  const tables = prose('docs/guide/troubleshooting.md').match(/^\| `[a-z-]+`[^|]*/gm) ?? []
  const codes = tables.flatMap(row => row.match(/(?<=`)[a-z]+(-[a-z]+)+(?=`)/g) ?? [])
  assert.ok(codes.length > 20)
  assert.deepEqual(
    codes.filter(code => !known.has(code)),
    [],
  )
})

test('the index of the guide: leads to every page of the guide', () => {
  const index = textOf('docs/guide/README.md')
  const missing = documentation
    .filter(path => path.startsWith('docs/guide/') && !path.endsWith('README.md'))
    .filter(path => !index.includes(`(${path.replace('docs/guide/', '')})`))
  assert.deepEqual(missing, [])
})
