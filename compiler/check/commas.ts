// A syntax error comes up behind a comma that is missing, or one that is too many, often a line later. Putting one in, or
// taking one out, and asking again finds out where it was.

import type { PlacedToken } from '../sql_tokens.js'

export interface CommaFault {
  readonly message: string
  readonly hint: string
  readonly offset: number
  readonly length: number
}

/** How many tokens before the error are tried. */
const reach = 8

/**
 * @param offset where the syntax error is; the end of the text where it ends too early
 * @param parses whether a text has no syntax error
 */
export async function findComma(
  sql: string,
  offset: number,
  tokens: readonly PlacedToken[],
  parses: (sql: string) => Promise<boolean>,
): Promise<CommaFault | undefined> {
  const at = tokens.findIndex(token => token.at + token.length > offset)
  const index = at === -1 ? tokens.length : at
  // Before a join a comma would make a table of its misspelt kind: `iner join`.
  if (tokens[index + 1]?.text === 'join') return undefined
  for (const before of nearestFirst(sql, tokens, index)) {
    const token = tokens[before]
    if (!token) continue
    const end = token.at + token.length
    if (token.text === ',') {
      if (await parses(changed(sql, token.at, end, ' ')))
        return { message: 'this comma is one too many', hint: 'Take it out.', offset: token.at, length: 1 }
    } else if (await parses(changed(sql, end, end, ',')))
      return {
        message: `a comma is missing behind '${sql.slice(token.at, end)}'`,
        hint: 'Put one at its end.',
        offset: token.at,
        length: token.length,
      }
  }
  return undefined
}

/** A macro that is called twice has its fault twice: every place that looks the same is changed, however it is indented. */
function changed(sql: string, start: number, end: number, put: string): string {
  const pattern = (text: string): string =>
    text.replaceAll(/[.*+?^${}()|[\]\\]/g, '\\$&').replaceAll(/\s+/g, '\\s+')
  const before = pattern(sql.slice(Math.max(0, start - 15), start))
  const after = pattern(sql.slice(end, end + 15))
  const alike = new RegExp(`(${before})${pattern(sql.slice(start, end))}(${after})`, 'g')
  return sql.replaceAll(alike, (_, left: string, right: string) => left + put + right)
}

/** Tokens before the error, the last of each line before others. */
function nearestFirst(sql: string, tokens: readonly PlacedToken[], index: number): readonly number[] {
  const indexes = Array.from({ length: Math.min(reach, index) }, (_, back) => index - 1 - back)
  const endsLine = (i: number): boolean => {
    const token = tokens[i]
    const next = tokens[i + 1]
    return token !== undefined && sql.slice(token.at + token.length, next?.at).includes('\n')
  }
  const near = indexes.slice(0, 3)
  return [...near.filter(endsLine), ...near.filter(i => !endsLine(i)), ...indexes.slice(3).filter(endsLine)]
}
