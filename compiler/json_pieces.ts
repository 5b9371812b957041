// A value -> its JSON, a part at a time, so that the whole of it is never one text. A list may be made while it is written.

interface Layout {
  /** A line for each entry, and a space for each level. */
  readonly indented?: boolean
}

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
  const isList = Symbol.iterator in value
  const [open, close] = isList ? ['[', ']'] : ['{', '}']
  const lineAt = (level: number): string => (indented ? `\n${' '.repeat(level)}` : '')
  let before = open
  for (const [key, item] of isList ? listed(value as Iterable<unknown>) : Object.entries(value)) {
    if (item === undefined && !isList) continue
    const name = isList ? '' : `${JSON.stringify(key)}:${indented ? ' ' : ''}`
    yield `${before}${lineAt(depth + 1)}${name}`
    yield* jsonPieces(item ?? null, levels - 1, { indented }, depth + 1)
    before = ','
  }
  yield before === open ? `${open}${close}` : `${lineAt(depth)}${close}`
}

function* listed(items: Iterable<unknown>): Generator<readonly [key: string, item: unknown]> {
  for (const item of items) yield ['', item]
}

/** A value as it stands in JSON some levels deep, where each of them is a space; it begins in the middle of a line. */
export function indentedJson(value: unknown, depth: number): string {
  let around = value
  let before = depth
  for (let level = 0; level < depth; level++) {
    around = [around]
    before += level + '[\n'.length
  }
  const behind = before - depth
  const text = JSON.stringify(around, null, 1)
  return text.slice(before, text.length - behind)
}
