// SQL, or a template of it -> HTML with its words coloured, by the tokens that the compiler itself reads.

import { escapeHtml } from '../picture/html.js'
import { tokensOf } from '../sql_tokens.js'

const keywords = new Set(
  `add all alter analyze and any as asc begin between by cascade case cast check cluster column commit constraint create cross
current default delete desc distinct drop else end except exists false filter first following for from full grant group having
if in inner insert intersect interval into is join last left like limit lock materialized natural not null nulls of offset on or
order outer over partition preceding primary range replace returning revoke right rollback row rows select set table temp
temporary then to true truncate unbounded union unique unlogged update using values view when where window with`.split(
    /\s+/,
  ),
)

type Class = 'k' | 's' | 'n' | 'c' | 't' | 'f' | ''

const templatePart = /\{\{[\s\S]*?\}\}|\{%[\s\S]*?%\}|\{#[\s\S]*?#\}/g

/** @param escapes whether `\'` is a quote inside of a text */
export function highlightSql(sql: string, escapes: boolean): string {
  return paint(sql, classesOf(sql, escapes))
}

/** The SQL around the parts of a template, and those parts as one colour. */
export function highlightTemplate(template: string): string {
  const parts = [...template.matchAll(templatePart)]
  let plain = ''
  let end = 0
  for (const { 0: part, index } of parts) {
    plain += template.slice(end, index) + '\u{e000}'.repeat(part.length)
    end = index + part.length
  }
  const classes = classesOf(plain + template.slice(end), false)
  for (const { 0: part, index } of parts)
    classes.fill(part.startsWith('{#') ? 'c' : 't', index, index + part.length)
  return paint(template, classes)
}

/** The class of each character; what lies between tokens is white space or a comment. */
function classesOf(sql: string, escapes: boolean): Class[] {
  const classes: Class[] = Array.from({ length: sql.length }, () => 'c')
  for (const { kind, text, at, length } of tokensOf(sql, escapes)) {
    const isCall = kind === 'word' && sql[at + length] === '('
    const found: Class =
      kind === 'string'
        ? 's'
        : kind === 'number'
          ? 'n'
          : kind !== 'word'
            ? ''
            : keywords.has(text)
              ? 'k'
              : isCall
                ? 'f'
                : ''
    classes.fill(found, at, at + length)
  }
  return classes
}

function paint(text: string, classes: readonly Class[]): string {
  const parts: string[] = []
  let start = 0
  for (let at = 1; at <= text.length; at += 1) {
    if (at < text.length && classes[at] === classes[start]) continue
    const piece = text.slice(start, at)
    const name = piece.trim() === '' ? '' : classes[start]
    parts.push(name ? `<i class=${name}>${escapeHtml(piece)}</i>` : escapeHtml(piece))
    start = at
  }
  return parts.join('')
}
