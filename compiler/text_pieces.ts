// Long texts -> pieces that are hashed and written one after the other, so that their bytes are never in memory together.

/** How many letters a piece of a text has, at most by one. */
const letters = 1_000_000

/** Whether it is worth it. */
export const isLong = (text: string): boolean => text.length > letters

/** The pieces of a text. A letter of two halves stays in one. */
export function* piecesOf(text: string): Generator<string> {
  for (let start = 0; start < text.length || start === 0; ) {
    const last = text.charCodeAt(start + letters - 1)
    const end = start + letters + (last >= 0xd800 && last < 0xdc00 ? 1 : 0)
    yield text.slice(start, end)
    start = end
  }
}
