// The select of a model -> what a comparison holds of it: digests of its tokens and of those beside its columns, and its columns.

import { digest } from './digest.js'
import type { ColumnState, NodeState } from './manifest.js'
import type { ParsedModel } from './parse.js'
import { joinedTokens, selectParts } from './select_columns.js'
import { tokenTextsOf } from './sql_token_texts.js'

/** A select of a model as it is on most runs and in a rebuild, with marks for relations. */
export type Select = Pick<ParsedModel, 'sql' | 'rebuildSql'>

export interface SelectState {
  readonly state: NonNullable<NodeState['select']>
  readonly columns?: readonly ColumnState[]
}

/** By their text: most models have the same select on every adapter. */
export class SelectStates {
  readonly #known = new Map<string, SelectState>()
  /** Digests of what columns are computed from: mostly columns of other tables, the same in many selects. */
  readonly #expressions = new Map<string, string>()

  /** Takes over what somebody else has read. */
  learn(select: Select, backslashEscapes: boolean, state: SelectState): void {
    this.#known.set(keyOf(select, backslashEscapes), state)
  }

  of(select: Select, backslashEscapes: boolean): SelectState {
    const key = keyOf(select, backslashEscapes)
    const found =
      this.#known.get(key) ?? readSelect(select, backslashEscapes, expression => this.#hash(expression))
    this.#known.set(key, found)
    return found
  }

  #hash(expression: string): string {
    const found = this.#expressions.get(expression) ?? digest(expression)
    this.#expressions.set(expression, found)
    return found
  }
}

/** Mostly the select itself, which need not be copied. */
const keyOf = ({ sql, rebuildSql }: Select, backslashEscapes: boolean): string =>
  sql === rebuildSql && !backslashEscapes ? sql : [backslashEscapes, sql, rebuildSql].join('\u0000')

function readSelect(
  { sql, rebuildSql }: Select,
  backslashEscapes: boolean,
  hashOf: (expression: string) => string,
): SelectState {
  const tokens = tokenTextsOf(sql, backslashEscapes)
  const parts = selectParts(tokens)
  const whole = rebuildSql === sql ? [] : tokenTextsOf(rebuildSql, backslashEscapes)
  const state = {
    tokens: digest(joinedTokens([...tokens, ...whole])),
    rest: parts ? digest(parts.rest + joinedTokens(whole)) : null,
  }
  if (!parts) return { state }
  const columns = parts.columns.map(
    ({ name, type, expression }): ColumnState => ({ name, type: type ?? null, hash: hashOf(expression) }),
  )
  return { state, columns }
}
