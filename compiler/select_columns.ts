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
  const list = listOfColumns(tokens)
  if (!list || tokens[list.start] === 'on') return undefined
  const columns: SelectColumn[] = []
  let first = list.start
  for (const border of [...list.commas, list.end]) {
    const column = columnOf(tokens.slice(first, border))
    if (!column) return undefined
    columns.push(column)
    first = border + 1
  }
  const rest = [...tokens.slice(0, list.start), ...tokens.slice(list.end)]
  return { columns, rest: joinedTokens(rest) }
}

/** Where the list of columns begins, where it ends, and the commas between: undefined where brackets do not match. */
function listOfColumns(tokens: readonly string[]) {
  const commas: number[] = []
  let start: number | undefined
  let end: number | undefined
  let depth = 0
  for (let index = 0; index < tokens.length; index += 1) {
    const text = tokens[index] ?? ''
    if (text === ')' || text === ']') depth -= 1
    if (depth === 0 && end === undefined) {
      if (start === undefined) {
        if (text === 'select') start = behindSelect(tokens, index)
      } else if (text === ',') commas.push(index)
      else if (index >= start && endsList.has(text)) end = index
    }
    if (text === '(' || text === '[') depth += 1
  }
  return start === undefined || depth !== 0 ? undefined : { start, commas, end: end ?? tokens.length }
}

function behindSelect(tokens: readonly string[], select: number): number {
  const next = tokens[select + 1]
  return next === 'distinct' || next === 'all' ? select + 2 : select + 1
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
