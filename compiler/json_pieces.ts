// A value -> its JSON, a part at a time, so that the whole of it is never one text.

/**
 * The JSON of a value, in which nothing is undefined.
 * @param levels how many levels of objects and lists are taken apart
 */
export function* jsonPieces(value: unknown, levels: number): Generator<string> {
  if (levels === 0 || typeof value !== 'object' || value === null) yield JSON.stringify(value)
  else if (Array.isArray(value)) {
    let before = '['
    for (const item of value) {
      yield before
      yield* jsonPieces(item, levels - 1)
      before = ','
    }
    yield before === '[' ? '[]' : ']'
  } else {
    let before = '{'
    for (const [key, of] of Object.entries(value)) {
      yield `${before}${JSON.stringify(key)}:`
      yield* jsonPieces(of, levels - 1)
      before = ','
    }
    yield before === '{' ? '{}' : '}'
  }
}
