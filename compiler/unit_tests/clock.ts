// SQL that asks for the time -> SQL with a time that stays: what a unit test says that it is.

import { type PlacedToken, tokensOf } from '../sql_tokens.js'

/** By the type that each gives. `now` and its like count only with brackets behind them. */
const words: Readonly<Record<string, string>> = {
  current_timestamp: 'timestamptz',
  current_date: 'date',
  localtimestamp: 'timestamp',
  sysdate: 'timestamp',
}
const functions: Readonly<Record<string, string>> = {
  now: 'timestamptz',
  clock_timestamp: 'timestamptz',
  statement_timestamp: 'timestamptz',
  transaction_timestamp: 'timestamptz',
  getdate: 'timestamp',
}

interface ClockRead {
  readonly start: number
  readonly end: number
  readonly type: string
}

/** Whether a statement gives other rows at another time. */
export const readsClock = (sql: string): boolean => clockReads(sql).length > 0

/** @param now `2024-01-31 09:15:00`, UTC */
export function withClock(sql: string, now: string): string {
  let text = ''
  let end = 0
  for (const read of clockReads(sql)) {
    text += `${sql.slice(end, read.start)}cast('${now}' as ${read.type})`
    end = read.end
  }
  return text + sql.slice(end)
}

function clockReads(sql: string): readonly ClockRead[] {
  const tokens = tokensOf(sql, false)
  return tokens.flatMap(({ kind, text, at, length }, index): readonly ClockRead[] => {
    const before = tokens[index - 1]?.text
    if (kind !== 'word' || before === '.' || before === 'as') return []
    const brackets = bracketsBehind(tokens, index)
    const type =
      (Object.hasOwn(words, text) && words[text]) ||
      (brackets && Object.hasOwn(functions, text) && functions[text])
    return type ? [{ start: at, end: brackets ?? at + length, type }] : []
  })
}

/** Where `()` or `(3)` behind a token ends; undefined where there is none. */
function bracketsBehind(tokens: readonly PlacedToken[], index: number): number | undefined {
  const [open, next, last] = tokens.slice(index + 1, index + 4)
  if (open?.text !== '(') return undefined
  if (next?.text === ')') return next.at + 1
  return next?.kind === 'number' && last?.text === ')' ? last.at + 1 : undefined
}
