// The tokens of a select -> the columns it gives and the rest of it, so that a column that was added is told from a join
// that was turned. Only what can be read off the text for certain; else undefined.

import { isWord } from './sql_token_texts.js'
import { depthsOf } from './sql_tokens.js'

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

/** Texts of tokens in one, none of which runs into the next. */
export const joinedTokens = (tokens: readonly string[]): string => tokens.join('\u0000')

/**
 * @param tokens by their texts
 * @returns undefined for `*`, for a column without a name, and for a text that is no select or whose brackets do not match
 */
export function selectParts(tokens: readonly string[]): SelectParts | undefined {
  const textEnd = ''
  const depths = depthsOf([...tokens, textEnd])
  if (depths.at(-1) !== 0) return undefined
  const isTop = (index: number, word: string): boolean => depths[index] === 0 && tokens[index] === word
  const select = tokens.findIndex((_, index) => isTop(index, 'select'))
  if (select === -1) return undefined
  let start = select + 1
  if (isTop(start, 'distinct') || isTop(start, 'all')) start += 1
  if (isTop(start, 'on')) return undefined
  let end = start
  while (end < tokens.length && !(depths[end] === 0 && endsList.has(tokens[end] ?? ''))) end += 1
  const columns: SelectColumn[] = []
  let first = start
  for (let index = start; index <= end; index += 1) {
    if (index < end && !isTop(index, ',')) continue
    const column = columnOf(tokens.slice(first, index))
    if (!column) return undefined
    columns.push(column)
    first = index + 1
  }
  return { columns, rest: joinedTokens([...tokens.slice(0, start), ...tokens.slice(end)]) }
}

/** A word or a quoted name; a text between dollars is neither. */
const isName = (text: string): boolean => text.startsWith('"') || (isWord(text) && !text.startsWith('$'))

function columnOf(item: readonly string[]): SelectColumn | undefined {
  const [last, before] = [item.at(-1), item.at(-2)]
  if (last === undefined || !isName(last)) return undefined
  if (before === 'as') return { name: last, ...withoutCast(item.slice(0, -2)) }
  if (item.length === 1 || before === '.')
    return { name: last, type: undefined, expression: joinedTokens(item) }
  return undefined
}

/** `cast(x as type)` and `x::type` are x with a type. */
function withoutCast(tokens: readonly string[]): Pick<SelectColumn, 'type' | 'expression'> {
  const whole = { type: undefined, expression: joinedTokens(tokens) }
  const isCall = tokens[0] === 'cast' && tokens[1] === '('
  if (!isCall && !tokens.includes('::')) return whole
  const depths = depthsOf(tokens)
  if (isCall && depths.slice(1, -1).every((depth, index) => index === 0 || depth > 0)) {
    const as = tokens.findLastIndex((text, index) => text === 'as' && depths[index] === 1)
    if (as === -1 || tokens.at(-1) !== ')') return whole
    return { type: typeText(tokens.slice(as + 1, -1)), expression: joinedTokens(tokens.slice(2, as)) }
  }
  const colons = tokens.findLastIndex((text, index) => text === '::' && depths[index] === 0)
  const type = tokens.slice(colons + 1)
  if (colons < 1 || !type.every(text => isWord(text) || /^(?:[(),]|\.?\d.*)$/.test(text))) return whole
  return { type: typeText(type), expression: joinedTokens(tokens.slice(0, colons)) }
}

const typeText = (tokens: readonly string[]): string => tokens.join(' ')
