// A select as a person wrote it: whether it is one, and the same with a limit of rows, which has to leave its order alone.

import { depthsOf, type PlacedToken, tokensOf } from './sql_tokens.js'

export interface RowLimit {
  /** What was asked for. */
  readonly wanted: number | undefined
  /** Where nobody has said how many, neither the text. */
  readonly usual: number
}

export interface TextFault {
  readonly offset: number
  readonly length: number
  readonly message: string
}

/** What makes a text something else than one select; undefined where it is one, as far as its words tell. */
export function writeFault(sql: string, backslashEscapes: boolean): TextFault | undefined {
  const tokens = tokensOf(sql, backslashEscapes)
  const fault = ({ at, length }: PlacedToken, message: string): TextFault => ({ offset: at, length, message })
  const more = tokens.find(({ text, kind }) => kind === 'symbol' && text === ';')
  if (more) return fault(more, 'there is more than one statement')
  const verb = verbOf(tokens)
  if (verb && verb.text !== 'select' && verb.text !== 'values')
    return fault(verb, `a statement that begins with '${verb.text}' is no select`)
  const into = outside(tokens).find(({ kind, text }) => kind === 'word' && text === 'into')
  return into && fault(into, 'select into makes a table')
}

/** The word that says what the statement does: behind brackets, and behind the expressions of a `with`. */
function verbOf(tokens: readonly PlacedToken[]): PlacedToken | undefined {
  const first = tokens.find(({ text }) => text !== '(')
  if (first?.text !== 'with') return first
  const depths = depthsOf(tokens.map(({ text }) => text))
  const depth = depths[tokens.indexOf(first)]
  const verbs = ['select', 'values', 'table', 'insert', 'update', 'delete', 'merge', 'create']
  return tokens.find(
    ({ kind, text }, index) => kind === 'word' && depths[index] === depth && verbs.includes(text),
  )
}

/** Those that stand in no brackets. */
function outside(tokens: readonly PlacedToken[]): readonly PlacedToken[] {
  const depths = depthsOf(tokens.map(({ text }) => text))
  return tokens.filter((_, index) => depths[index] === 0)
}

/**
 * A limit goes behind the text where it has none, so that its order counts for it. One that limits itself is left as it is,
 * unless a number is wanted.
 */
export function withLimit(sql: string, { wanted, usual }: RowLimit, backslashEscapes: boolean): string {
  const words = new Set(
    outside(tokensOf(sql, backslashEscapes)).flatMap(({ kind, text }) => (kind === 'word' ? [text] : [])),
  )
  const limits = ['limit', 'fetch', 'top'].some(word => words.has(word))
  if (limits && wanted === undefined) return sql
  const rows = wanted ?? usual
  // What stands behind a limit, and a comment at the end of a line, must not swallow it.
  if (!limits && !words.has('offset') && !words.has('for')) return `${sql}\nlimit ${rows}`
  return `select * from (\n${sql}\n) as limited\nlimit ${rows}`
}
