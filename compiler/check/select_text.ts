// What can be seen in the tokens of a select that a warehouse takes without a word, and most often is a comma that was left
// out: a column that gets its neighbour's name, two texts that become one. And where a name of the result stands.

import { endsList } from '../select_columns.js'
import { depthsOf, type PlacedToken, tokensOf } from '../sql_tokens.js'

export interface TokenFault {
  readonly code: 'alias-without-as' | 'missing-comma'
  readonly message: string
  readonly hint: string
  readonly offset: number
  readonly length: number
}

/** Words that end an expression, and words that an expression goes on behind. */
const endings = new Set([
  'end',
  'null',
  'true',
  'false',
  'unknown',
  'isnull',
  'notnull',
  'precision',
  'varying',
  'zone',
])
const continues = new Set([
  'as',
  'and',
  'or',
  'not',
  'is',
  'in',
  'like',
  'ilike',
  'similar',
  'to',
  'between',
  'symmetric',
  'escape',
  'case',
  'when',
  'then',
  'else',
  'distinct',
  'all',
  'from',
  'collate',
  'over',
  'interval',
  'any',
  'some',
  'exists',
  'select',
  'double',
  'character',
  'national',
  'time',
  'timestamp',
  'with',
  'without',
  'at',
  'array',
  'row',
  'operator',
  'cast',
])

/** @param sql a select of Postgres */
export function findTokenFaults(sql: string): readonly TokenFault[] {
  const tokens = tokensOf(sql, false)
  const depths = depthsOf(tokens.map(({ text }) => text))
  const faults: TokenFault[] = []
  tokens.forEach((token, index) => {
    const before = tokens[index - 1]
    if (token.kind === 'string' && before?.kind === 'string')
      faults.push({
        code: 'missing-comma',
        message: 'two texts without a comma between them are one text',
        hint: 'Put a comma between them, or make them one.',
        offset: before.at,
        length: before.length,
      })
    if (token.kind === 'word' && token.text === 'select') faults.push(...aliases(tokens, depths, index))
  })
  return faults
}

/** The columns of one select whose last word is an alias that no `as` stands before. */
function aliases(
  tokens: readonly PlacedToken[],
  depths: readonly number[],
  select: number,
): readonly TokenFault[] {
  const depth = depths[select] ?? 0
  const found: TokenFault[] = []
  let start = select + 1
  if (tokens[start]?.text === 'all' || tokens[start]?.text === 'distinct') start += 1
  if (tokens[start]?.text === 'on')
    start =
      tokens.findIndex((token, index) => index > start && token.text === ')' && depths[index] === depth) + 1
  const finish = (end: number): void => {
    const last = tokens[end - 1]
    const before = tokens[end - 2]
    if (end - start < 2 || !last || !before || !isAlias(last, before, tokens[end - 3])) return
    found.push({
      code: 'alias-without-as',
      message: `'${last.text}' becomes the name of the column before it: no 'as' and no comma stands between them`,
      hint: `Put a comma before it, or write 'as ${last.text}'.`,
      offset: before.at,
      length: before.length,
    })
  }
  let index = start
  for (; index < tokens.length; index++) {
    const token = tokens[index]
    const own = depths[index] ?? 0
    if (!token || own < depth) break
    if (own > depth || token.kind === 'quoted' || token.kind === 'string') continue
    if (token.text === ',') {
      finish(index)
      start = index + 1
    } else if (token.text === ';') break
    else if (token.kind === 'word' && endsList.has(token.text) && !isDistinctFrom(tokens, index)) break
  }
  finish(index)
  return found
}

const isDistinctFrom = (tokens: readonly PlacedToken[], index: number): boolean =>
  tokens[index]?.text === 'from' &&
  tokens[index - 1]?.text === 'distinct' &&
  ['is', 'not'].includes(tokens[index - 2]?.text ?? '')

function isAlias(last: PlacedToken, before: PlacedToken, earlier: PlacedToken | undefined): boolean {
  if (last.kind !== 'quoted' && (last.kind !== 'word' || endings.has(last.text))) return false
  if (before.kind === 'symbol') return before.text === ')' || before.text === ']'
  if (before.kind === 'string') return earlier?.text !== 'interval' && before.text !== ''
  return before.kind !== 'word' || !continues.has(before.text)
}

/**
 * Where a column of the result gets its name: the least nested place that names it in a list of columns.
 * @param occurrence the how manieth, from 0
 */
export function findColumnName(sql: string, name: string, occurrence = 0): PlacedToken | undefined {
  const tokens = tokensOf(sql, false)
  const depths = depthsOf(tokens.map(({ text }) => text))
  const named = tokens
    .map((token, index) => ({ token, index, depth: depths[index] ?? 0 }))
    .filter(({ token, index }) => {
      if (token.text.replaceAll('"', '') !== name) return false
      const before = tokens[index - 1]?.text
      const after = tokens[index + 1]?.text
      return (
        before === 'as' ||
        (['.', ',', 'select'].includes(before ?? '') &&
          (after === undefined || after === ',' || endsList.has(after)))
      )
    })
  const least = Math.min(...named.map(({ depth }) => depth))
  const candidates = named.filter(({ depth }) => depth === least)
  return (candidates[occurrence] ?? candidates[0])?.token
}
