// Statements that differ by a name alone -> the texts of their tokens, read once for all of them. What a table needs is nine
// statements, of which seven are the same for each table but for what it is called.

import type { StatementState } from './manifest.js'
import type { Naming } from './statement_state.js'

/** A statement, read: what its digests are of (statement_state.ts). */
export interface TokenTexts {
  readonly effect: StatementState['effect']
  /** Its tokens, and those of the conditions under which it runs. */
  readonly names: string
  /** The same, with neutral names. */
  readonly tokens: string
  /** Those of the select that a `create table as` ends with; null for all others. */
  readonly select: string | null
}

/** Texts, each in the pieces between one name and the next. */
interface Template {
  readonly effect: StatementState['effect']
  readonly names: readonly string[]
  readonly tokens: readonly string[]
  readonly select: readonly string[] | null
}

/** Stands for the name. Its first letter is in it once, so that it cannot begin within itself. */
const placeholder = 'qsomethingnamed'

/**
 * A name that can stand for another: a word of lower case, longer than each word that reading a statement turns on (`create`,
 * `schema`, `analyze`), so that nothing is taken for one of these; and nothing that could be the exponent of a number before it.
 */
const plainName = /^(?!e\d)[a-z_][a-z0-9_]{7,}$/

export class StatementTemplates {
  /** By how names are made neutral, then by the statement without the name. */
  readonly #known = new Map<string, Map<string, Template>>()

  /**
   * @param whole all that is read of the statement, in one text
   * @param read reads the statement, renamed
   * @returns undefined where the name could mean something else to a reader, as with entropy or in the name of a schema
   */
  texts(
    whole: string,
    naming: Naming,
    name: string,
    read: (rename: (text: string) => string) => TokenTexts,
  ): TokenTexts | undefined {
    if (naming.entropy !== '' || !plainName.test(name) || whole.includes('\u0001')) return undefined
    for (const schema of naming.schemas.keys()) if (schema.includes(name)) return undefined
    const pieces = whole.split(name)
    if (pieces.length === 1) return undefined
    const key = pieces.join('\u0001')
    const known = this.#of(naming)
    const found = known.get(key) ?? this.#read(whole, naming, name, read)
    if (!found) return undefined
    known.set(key, found)
    return {
      effect: found.effect,
      names: found.names.join(name),
      tokens: found.tokens.join(name),
      select: found.select?.join(name) ?? null,
    }
  }

  #read(
    whole: string,
    naming: Naming,
    name: string,
    read: (rename: (text: string) => string) => TokenTexts,
  ): Template | undefined {
    if (whole.includes(placeholder)) return undefined
    if ([...naming.schemas.keys()].some(schema => schema.includes(placeholder))) return undefined
    const { effect, names, tokens, select } = read(text => text.replaceAll(name, placeholder))
    return {
      effect,
      names: names.split(placeholder),
      tokens: tokens.split(placeholder),
      select: select?.split(placeholder) ?? null,
    }
  }

  #of(naming: Naming): Map<string, Template> {
    const known = this.#known.get(naming.digest) ?? new Map<string, Template>()
    this.#known.set(naming.digest, known)
    return known
  }
}
