// The tokens of a select -> the columns it gives and the rest of it, so that a column that was added is told from a join
// that was turned. Only what can be read off the text for certain; else undefined.

import { depthsOf, type Token, tokenText } from './sql_tokens.js'

interface SelectColumn {
  readonly name: string
  /** The type that the select casts it to at the last; undefined where it casts to none. */
  readonly type: string | undefined
  /** The tokens of what it is computed from, without that cast. */
  readonly expression: string
}

export interface SelectParts {
  readonly columns: readonly SelectColumn[]
  /** The tokens of everything else. */
  readonly rest: string
}

/** Words that end the list of columns of a select. */
export const endsList: ReadonlySet<string> = new Set([
  'from',
  'where',
  'group',
  'having',
  'order',
  'limit',
  'union',
  'except',
  'intersect',
  'window',
  'into',
  'qualify',
])

/** Stands behind a text: as deep as brackets are open there. */
const textEnd: Token = { kind: 'symbol', text: '' }

/** @returns undefined for `*`, for a column without a name, and for a text that is no select or whose brackets do not match */
export function selectParts(tokens: readonly Token[]): SelectParts | undefined {
  const depths = depthsOf([...tokens, textEnd])
  if (depths.at(-1) !== 0) return undefined
  const isTop = (index: number, text: string): boolean =>
    depths[index] === 0 && tokens[index]?.kind === 'word' && tokens[index]?.text === text
  const select = tokens.findIndex((_, index) => isTop(index, 'select'))
  if (select === -1) return undefined
  let start = select + 1
  if (isTop(start, 'distinct') || isTop(start, 'all')) start += 1
  if (isTop(start, 'on')) return undefined
  let end = start
  while (end < tokens.length && !(depths[end] === 0 && isWordOf(tokens[end], endsList))) end += 1
  const columns = itemsOf(tokens.slice(start, end), depths.slice(start, end)).map(columnOf)
  if (columns.some(column => column === undefined)) return undefined
  return {
    columns: columns.filter(column => column !== undefined),
    rest: tokenText([...tokens.slice(0, start), ...tokens.slice(end)]),
  }
}

const isWordOf = (token: Token | undefined, words: ReadonlySet<string>): boolean =>
  token?.kind === 'word' && words.has(token.text)

function itemsOf(tokens: readonly Token[], depths: readonly number[]): readonly (readonly Token[])[] {
  const items: Token[][] = [[]]
  tokens.forEach((token, index) => {
    if (token.text === ',' && token.kind === 'symbol' && depths[index] === 0) items.push([])
    else items.at(-1)?.push(token)
  })
  return items
}

function columnOf(item: readonly Token[]): SelectColumn | undefined {
  const [last, before] = [item.at(-1), item.at(-2)]
  if (!last || (last.kind !== 'word' && last.kind !== 'quoted')) return undefined
  if (before?.kind === 'word' && before.text === 'as')
    return { name: last.text, ...withoutCast(item.slice(0, -2)) }
  if (item.length === 1 || (before?.kind === 'symbol' && before.text === '.'))
    return { name: last.text, type: undefined, expression: tokenText(item) }
  return undefined
}

/** `cast(x as type)` and `x::type` are x with a type. */
function withoutCast(tokens: readonly Token[]): Pick<SelectColumn, 'type' | 'expression'> {
  const depths = depthsOf(tokens)
  const whole = { type: undefined, expression: tokenText(tokens) }
  if (
    tokens[0]?.text === 'cast' &&
    tokens[1]?.text === '(' &&
    depths.slice(1, -1).every((depth, index) => index === 0 || depth > 0)
  ) {
    const as = tokens.findLastIndex((token, index) => token.text === 'as' && depths[index] === 1)
    if (as === -1 || tokens.at(-1)?.text !== ')') return whole
    return { type: typeText(tokens.slice(as + 1, -1)), expression: tokenText(tokens.slice(2, as)) }
  }
  const colons = tokens.findLastIndex((token, index) => token.text === '::' && depths[index] === 0)
  const type = tokens.slice(colons + 1)
  if (
    colons < 1 ||
    !type.every(({ kind, text }) => kind === 'word' || kind === 'number' || /^[(),]$/.test(text))
  )
    return whole
  return { type: typeText(type), expression: tokenText(tokens.slice(0, colons)) }
}

const typeText = (tokens: readonly Token[]): string => tokens.map(({ text }) => text).join(' ')
