// A value -> its JSON, a part at a time, so that the whole of it is never one text. A list may be made while it is written.

interface Layout {
  /** A line for each entry, and a space for each level. */
  readonly indented?: boolean
}

/** How many items of a list are one piece, where they are not taken apart themselves. */
const itemsAtOnce = 200

/**
 * What JSON.stringify gives of data, in pieces.
 * @param levels how many levels of objects and lists are taken apart; in them a list is whatever can be gone through
 */
export function* jsonPieces(
  value: unknown,
  levels: number,
  { indented = false }: Layout = {},
  depth = 0,
): Generator<string> {
  if (levels === 0 || typeof value !== 'object' || value === null) {
    yield indented ? indentedJson(value, depth) : JSON.stringify(value)
    return
  }
  const lineAt = (level: number): string => (indented ? `\n${' '.repeat(level)}` : '')
  if (Symbol.iterator in value) {
    const items = value as Iterable<unknown>
    let before = `[${lineAt(depth + 1)}`
    for (const some of levels === 1 ? inChunks(items) : items) {
      yield before
      if (levels === 1) yield itemsOf(some as readonly unknown[], indented, depth)
      else yield* jsonPieces(some ?? null, levels - 1, { indented }, depth + 1)
      before = `,${lineAt(depth + 1)}`
    }
    yield before.startsWith('[') ? '[]' : `${lineAt(depth)}]`
    return
  }
  let before = '{'
  for (const [key, item] of Object.entries(value)) {
    if (item === undefined) continue
    yield `${before}${lineAt(depth + 1)}${JSON.stringify(key)}:${indented ? ' ' : ''}`
    yield* jsonPieces(item, levels - 1, { indented }, depth + 1)
    before = ','
  }
  yield before === '{' ? '{}' : `${lineAt(depth)}}`
}

function* inChunks(items: Iterable<unknown>): Generator<readonly unknown[]> {
  let chunk: unknown[] = []
  for (const item of items) {
    chunk.push(item)
    if (chunk.length < itemsAtOnce) continue
    yield chunk
    chunk = []
  }
  if (chunk.length > 0) yield chunk
}

/** Items of a list as they stand between its brackets. */
const itemsOf = (items: readonly unknown[], indented: boolean, depth: number): string =>
  indented ? cutOut(items, depth, depth + 1) : JSON.stringify(items).slice(1, -1)

/** A value as it stands in JSON some levels deep, where each of them is a space; it begins in the middle of a line. */
export const indentedJson = (value: unknown, depth: number): string => cutOut(value, depth, depth)

/** JSON in so many lists around it, without the brackets of the outer ones. A text is cut but once, which copies it. */
function cutOut(value: unknown, around: number, cut: number): string {
  let whole = value
  for (let level = 0; level < around; level++) whole = [whole]
  const text = JSON.stringify(whole, null, 1)
  let before = cut
  for (let level = 0; level < cut; level++) before += level + '[\n'.length
  return text.slice(before, text.length - (before - cut))
}
