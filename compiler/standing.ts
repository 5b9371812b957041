// Which schemas, tables and indexes are there: asked of the catalog once for a whole run, and kept up to date by what its
// statements make and drop. A round trip for each `if not exists` is what a run with little to do would mostly consist of.

import type { Dialect } from '../adapters/dialect.js'
import { type Batch, inOrder, type Statement } from './statement.js'

/** Names by which one question of the catalog is asked at most. */
const namesAtOnce = 1_000

/** What the conditions of statements want to know, in the queries that ask for it: schemas first, each name once. */
export function askCatalog(dialect: Dialect, batches: readonly Batch[]): Batch {
  const needed = new Set<string>()
  for (const { statements } of batches)
    for (const { needs } of statements)
      for (const { name, or = [] } of needs ?? [])
        for (const asked of [name, ...or]) needed.add(asked.toLowerCase())
  const names = [...needed].sort()
  const chunks = Math.ceil(names.length / namesAtOnce)
  return inOrder(
    ...Array.from({ length: chunks }, (_, index): Statement => {
      const asks = names.slice(index * namesAtOnce, (index + 1) * namesAtOnce)
      return {
        purpose: 'what is there of all that this run may make or drop',
        sql: dialect.thoseThere(asks),
        asks,
      }
    }),
  )
}

/** What a statement may change of what is there. */
type Changing = Pick<Statement, 'makes' | 'drops' | 'changesAny'>

/**
 * What a run knows of the catalog. Nobody else makes or drops its tables while it holds its locks; what a hook does, nobody
 * knows, so that all is unknown after one.
 */
export class Standing {
  readonly #known = new Map<string, boolean>()

  /** @param found the names that a question of the catalog has answered with */
  learn(asked: readonly string[], found: readonly string[]): void {
    for (const name of asked) this.#known.set(name, false)
    for (const name of found) this.#known.set(name.toLowerCase(), true)
  }

  isThere(name: string): boolean | undefined {
    return this.#known.get(name.toLowerCase())
  }

  /** A statement has taken effect. */
  changed({ makes = [], drops = [], changesAny }: Changing): void {
    if (changesAny) this.#known.clear()
    for (const name of drops) this.#known.set(name.toLowerCase(), false)
    for (const name of makes) this.#known.set(name.toLowerCase(), true)
  }

  /** Nobody knows whether a statement has taken effect. */
  forget({ makes = [], drops = [], changesAny }: Changing): void {
    if (changesAny) this.#known.clear()
    for (const name of [...drops, ...makes]) this.#known.delete(name.toLowerCase())
  }
}
