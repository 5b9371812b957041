// SQL, or a template of it -> HTML with its words coloured, by the tokens that the compiler itself reads.

import { escapeHtml } from '../picture/html.js'
import { type Token, tokensOf } from '../sql_tokens.js'
import { templateParts } from '../template_parts.js'

const keywords = new Set(
  `add all alter analyze and any as asc begin between by cascade case cast check cluster column commit constraint create cross
current default delete desc distinct drop else end except exists false filter first following for from full grant group having
if in inner insert intersect interval into is join last left like limit lock materialized natural not null nulls of offset on or
order outer over partition preceding primary range replace returning revoke right rollback row rows select set table temp
temporary then to true truncate unbounded union unique unlogged update using values view when where window with`.split(
    /\s+/,
  ),
)

/** Keyword, text, number, comment, part of a template, function, all else. A class of HTML each, but for the last. */
const classNames = ['k', 's', 'n', 'c', 't', 'f', ''] as const
const [keyword, string, number, comment, template, call, other] = [0, 1, 2, 3, 4, 5, 6]

/** @param escapes whether `\'` is a quote inside of a text */
export function highlightSql(sql: string, escapes: boolean): string {
  return paint(sql, classesOf(sql, escapes))
}

/** The SQL around the parts of a template, and those parts as one colour. */
export function highlightTemplate(text: string): string {
  const parts = templateParts(text, '{%#')
  let plain = ''
  let end = 0
  for (const { text: part, index } of parts) {
    plain += text.slice(end, index) + '\u{e000}'.repeat(part.length)
    end = index + part.length
  }
  const classes = classesOf(plain + text.slice(end), false)
  for (const { text: part, index } of parts)
    classes.fill(part.startsWith('{#') ? comment : template, index, index + part.length)
  return paint(text, classes)
}

/** The class of each character, by its number; what lies between tokens is white space or a comment. */
function classesOf(sql: string, escapes: boolean): Uint8Array {
  const classes = new Uint8Array(sql.length).fill(comment)
  for (const { kind, text, at, length } of tokensOf(sql, escapes))
    classes.fill(classOf(kind, text, sql[at + length]), at, at + length)
  return classes
}

function classOf(kind: Token['kind'], text: string, next: string | undefined): number {
  if (kind === 'string') return string
  if (kind === 'number') return number
  if (kind !== 'word') return other
  if (keywords.has(text)) return keyword
  return next === '(' ? call : other
}

function paint(text: string, classes: Uint8Array): string {
  const parts: string[] = []
  let start = 0
  for (let at = 1; at <= text.length; at += 1) {
    if (at < text.length && classes[at] === classes[start]) continue
    const piece = text.slice(start, at)
    const name = piece.trim() === '' ? '' : classNames[classes[start] ?? other]
    parts.push(name ? `<i class=${name}>${escapeHtml(piece)}</i>` : escapeHtml(piece))
    start = at
  }
  return parts.join('')
}
